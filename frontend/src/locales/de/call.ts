import { type call as original } from '../en/call.ts'
import { type Translated } from '../translated.ts'

export const call: Translated<typeof original> = {}
