import { type chat as original } from '../en/chat.ts'
import { type Translated } from '../translated.ts'

export const chat: Translated<typeof original> = {}
