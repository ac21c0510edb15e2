import { type Chat, type ChatMessage } from '../chats/chat.ts'
import { type ChatReport } from '../chats/chat-report.ts'
import { type WholeMessage } from '../store/contract.ts'
import { type Speakers } from './speakers.ts'

/** The messages of a chat as ours: with their speakers, and dates that never run backwards. */
export class ChatLines {
  readonly #chat: Chat
  readonly #speakers: Speakers
  readonly #report: ChatReport
  #lastMs = 0
  #number = 0

  constructor(chat: Chat, speakers: Speakers, report: ChatReport) {
    this.#chat = chat
    this.#speakers = speakers
    this.#report = report
  }

  async *messages(): AsyncGenerator<readonly WholeMessage[]> {
    for await (const piece of this.#chat.messages) {
      const messages: WholeMessage[] = []
      for (const message of piece) {
        const known = this.#speakers.known(message)
        const character_id = known === undefined ? await this.#speakers.find(message) : known
        messages.push(this.#whole(message, character_id))
      }
      yield messages
    }
  }

  #whole(message: ChatMessage, character_id: string | null): WholeMessage {
    const { role, is_excluded, wordings, index, source } = message
    const created_at = this.#dateOf(message)
    const all = wordings.map(({ content, generation, sentAt }) => ({
      ...ALL_HEARD,
      content,
      generation,
      created_at: sentAt?.toISOString() ?? created_at,
    }))
    return {
      ...ALL_HEARD,
      role,
      name: message.name || (role === 'assistant' ? (this.#chat.head().characterName ?? '') : ''),
      content: wordings[index]?.content ?? '',
      character_id,
      is_spoken: false,
      is_excluded,
      generation: wordings[index]?.generation ?? null,
      alternative_index: index,
      created_at,
      updated_at: created_at,
      alternatives: all.length > 1 ? all : [],
      hidden_under: null,
      source,
    }
  }

  /** The order in the file is right; dates may repeat, run backwards or be missing. */
  #dateOf({ sentAt }: ChatMessage): string {
    this.#number += 1
    const beganMs = this.#number === 1 ? (sentAt ?? this.#chat.head().createdAt)?.getTime() : undefined
    const saidMs = sentAt?.getTime() ?? beganMs
    const dateMs = Math.max(this.#lastMs + 1, saidMs ?? 0)
    if (sentAt && dateMs !== saidMs) {
      this.#report.repaired(`message ${this.#number}`, 'was dated before the one in front of it', {
        from: sentAt.toISOString(),
        to: new Date(dateMs).toISOString(),
      })
    }
    this.#lastMs = dateMs
    return new Date(dateMs).toISOString()
  }
}

const ALL_HEARD = { unheard: '', is_interrupted: false, tool_uses: [] }
