import { type settings as original } from '../en/settings.ts'
import { type Translated } from '../translated.ts'

export const settings: Translated<typeof original> = {}
