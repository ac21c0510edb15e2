import {
  type DepthPrompt,
  type GenerationInfo,
  type Message,
  type MessageRole,
  TEXT_MAX_CHARACTERS,
} from '#shared/entities.ts'

/** What all chat files come to: who said what, and when. */

export type ChatFormat = 'sillytavern' | 'cai' | 'ooba' | 'agnai' | 'risu' | 'kobold' | 'messages'

export interface ChatWording {
  readonly content: string
  readonly sentAt: Date | null
  readonly generation: GenerationInfo | null
  /** What only our own files tell. */
  readonly own?: Partial<Pick<Message, 'unheard' | 'is_interrupted' | 'tool_uses'>>
}

export interface ChatMessage {
  readonly role: MessageRole
  readonly name: string
  /** The file of the speaker's card, where the chat tells it. */
  readonly file?: string | undefined
  /** Shown, but not told to the model. */
  readonly is_excluded: boolean
  /** Said aloud; of what other programs write nobody knows. */
  readonly is_spoken?: boolean
  /** At least one. */
  readonly wordings: readonly ChatWording[]
  /** The one in use. */
  readonly index: number
  readonly sentAt: Date | null
  /** What stood in the file; see `WholeMessage`. */
  readonly source: string | Uint8Array | null
}

export interface ChatHead {
  /** Undefined: as the file is called. */
  readonly title?: string | undefined
  /** Whose chat it is, where the file tells it. */
  readonly characterName?: string | undefined
  readonly createdAt: Date | null
  readonly authorNote: DepthPrompt | null
  /** What stood in the file before the first message. */
  readonly source: string
}

/** A chat that is being read. */
export interface Chat {
  readonly format: ChatFormat
  readonly messages: AsyncIterable<readonly ChatMessage[]>
  /** Complete once the messages have been read. */
  head(): ChatHead
}

/** A chat of a file that is one JSON document. */
export interface DocumentChat {
  readonly format: ChatFormat
  readonly head: Omit<ChatHead, 'source'>
  readonly messages: readonly ChatMessage[]
}

/** What a message of ours may hold; the rest stays in the file's own line. */
export const MAX_TEXT_CHARACTERS = TEXT_MAX_CHARACTERS
export const MAX_NAME_CHARACTERS = 500

/** A message that has one wording, as most formats have them. */
export function plainMessage(
  message: Pick<ChatMessage, 'role' | 'name'> & { readonly content: string } & Partial<ChatMessage>,
): ChatMessage {
  const { content, ...rest } = message
  const sentAt = message.sentAt ?? null
  return {
    is_excluded: false,
    wordings: [{ content: content.slice(0, MAX_TEXT_CHARACTERS).toWellFormed(), sentAt, generation: null }],
    index: 0,
    source: null,
    ...rest,
    name: message.name.slice(0, MAX_NAME_CHARACTERS).toWellFormed(),
    sentAt,
  }
}
