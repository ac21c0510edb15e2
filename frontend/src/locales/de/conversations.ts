import { type conversations as original } from '../en/conversations.ts'
import { type Translated } from '../translated.ts'

export const conversations: Translated<typeof original> = {}
