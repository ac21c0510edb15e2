import { type Chat, type ChatMessage } from '../chats/chat.ts'
import { type ChatReport } from '../chats/chat-report.ts'
import { type WholeMessage } from '../store/contract.ts'
import { type Speakers } from './speakers.ts'

interface ChatLinesDeps {
  readonly speakers: Speakers
  readonly report: ChatReport
  /** For a chat without any date. */
  readonly now: Date
}

/** The messages of a chat as ours: with their speakers, and dates that never run backwards. */
export class ChatLines {
  readonly #chat: Chat
  readonly #speakers: Speakers
  readonly #report: ChatReport
  readonly #now: Date
  #lastMs = 0
  #number = 0

  constructor(chat: Chat, { speakers, report, now }: ChatLinesDeps) {
    this.#chat = chat
    this.#now = now
    this.#speakers = speakers
    this.#report = report
  }

  async *messages(): AsyncGenerator<readonly WholeMessage[]> {
    for await (const piece of this.#chat.messages) {
      if (this.#number === 0) this.#lastMs = this.#beginningOf(piece)
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
    const { role, is_excluded, is_spoken = false, wordings, index, source } = message
    const created_at = this.#dateOf(message)
    const all = wordings.map(({ content, generation, sentAt, own }) => ({
      ...ALL_HEARD,
      ...own,
      content,
      generation,
      created_at: sentAt?.toISOString() ?? created_at,
    }))
    return {
      ...ALL_HEARD,
      ...wordings[index]?.own,
      role,
      name: message.name,
      content: wordings[index]?.content ?? '',
      character_id,
      is_spoken,
      is_excluded,
      generation: wordings[index]?.generation ?? null,
      alternative_index: index,
      created_at,
      updated_at: created_at,
      alternatives: all.length > 1 ? all : [],
      hidden_under: null,
      is_summary_end: false,
      source,
    }
  }

  /** Just before the first message: as many moments before the first date as there are messages without one. */
  #beginningOf(piece: readonly ChatMessage[]): number {
    const dated = piece.findIndex(({ sentAt }) => sentAt !== null)
    const date = piece[dated]?.sentAt ?? this.#chat.head().createdAt ?? this.#now
    return date.getTime() - Math.max(0, dated) - 1
  }

  /** The order in the file is right; dates may repeat, run backwards or be missing. */
  #dateOf({ sentAt }: ChatMessage): string {
    this.#number += 1
    const dateMs = Math.max(this.#lastMs + 1, sentAt?.getTime() ?? 0)
    if (sentAt && dateMs !== sentAt.getTime()) {
      this.#report.repaired(`message ${this.#number}`, 'was not dated behind the one in front of it', {
        from: sentAt.toISOString(),
        to: new Date(dateMs).toISOString(),
      })
    }
    this.#lastMs = dateMs
    return new Date(dateMs).toISOString()
  }
}

const ALL_HEARD = { unheard: '', is_interrupted: false, tool_uses: [] }
