import { characterHandlers } from './characters.ts'
import { conversationHandlers } from './conversations.ts'
import { type HandlerTable } from './handler.ts'
import { libraryHandlers } from './library.ts'
import { lorebookHandlers } from './lorebooks.ts'
import { messageHandlers } from './messages.ts'
import { noteHandlers } from './notes.ts'
import { personaHandlers } from './personas.ts'
import { voiceHandlers } from './voices.ts'

export const handlers: HandlerTable = {
  ...characterHandlers,
  ...voiceHandlers,
  ...conversationHandlers,
  ...messageHandlers,
  ...personaHandlers,
  ...lorebookHandlers,
  ...noteHandlers,
  ...libraryHandlers,
}
