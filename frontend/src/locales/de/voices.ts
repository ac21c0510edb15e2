import { type voices as original } from '../en/voices.ts'
import { type Translated } from '../translated.ts'

export const voices: Translated<typeof original> = {}
