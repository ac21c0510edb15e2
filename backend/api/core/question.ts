import { type ChatMessage, type ReplyRequest, type SceneCharacter } from '../../engines/contracts.ts'
import { type DoorMessage, type GenerateRequest } from './contract.ts'
import { imagesOf, textOf } from './door-history.ts'

/** What is asked of an engine, and how its answer is to be read. */
export interface Question {
  readonly request: ReplyRequest
  /** Set where a character answers: whose names are nothing but labels. */
  readonly names?: { readonly speaker: string; readonly nickname: string; readonly userName: string }
}

/** Who answers where no character is asked, for engines that do not read prompts. */
const NOBODY: SceneCharacter = { id: 'assistant', name: 'Assistant', personality: '', firstMessage: '' }

/** A model is asked what the program says, word by word. */
export function modelQuestion(request: GenerateRequest, model: string): Question {
  const { settings } = request
  const messages = request.messages.map(chatMessage)
  return {
    request: {
      ...wishesOf(request),
      messages,
      settings: { ...settings, model },
      scene: {
        speaker: NOBODY,
        cast: [NOBODY],
        history: messages.flatMap((message) => sceneLine(message, NOBODY.name)),
      },
      stops: request.stops,
    },
  }
}

/** What is the same for models and characters. */
export function wishesOf({ tools, toolChoice, format, extra }: GenerateRequest): Partial<ReplyRequest> {
  return {
    ...(tools.length === 0 ? {} : { tools }),
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(format === undefined ? {} : { format }),
    ...(extra === undefined ? {} : { extra }),
  }
}

function chatMessage(message: DoorMessage): ChatMessage {
  const { role, name, toolCalls, toolCallId } = message
  const images = imagesOf(message)
  return {
    role,
    content: textOf(message),
    ...(name === undefined ? {} : { name }),
    ...(images.length === 0 ? {} : { images }),
    ...(toolCalls === undefined || toolCalls.length === 0 ? {} : { toolCalls }),
    ...(toolCallId === undefined ? {} : { toolCallId }),
  }
}

function sceneLine({ role, name = 'User', content: text }: ChatMessage, characterName: string) {
  if (role !== 'user' && role !== 'assistant') return []
  const speaker = role === 'user' ? ('user' as const) : ('character' as const)
  return [{ speaker, name: role === 'user' ? name : characterName, text }]
}
