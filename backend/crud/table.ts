import { characterHandlers } from './characters.ts'
import { conversationHandlers } from './conversations.ts'
import { type HandlerTable } from './handler.ts'
import { messageHandlers } from './messages.ts'
import { voiceHandlers } from './voices.ts'

export const handlers: HandlerTable = {
  ...characterHandlers,
  ...voiceHandlers,
  ...conversationHandlers,
  ...messageHandlers,
}
