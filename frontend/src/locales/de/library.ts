import { type library as original } from '../en/library.ts'
import { type Translated } from '../translated.ts'

export const library: Translated<typeof original> = {}
