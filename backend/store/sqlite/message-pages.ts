import { type Message } from '#shared/entities.ts'
import { type MessagePlace } from '#shared/protocol/library.ts'
import { type RequestParams } from '#shared/protocol/requests.ts'
import { type Database } from './database.ts'
import { prepareShown } from './message-statements.ts'
import { found } from './rows.ts'
import { openShownCounts } from './shown-counts.ts'

const PAGE_MESSAGES = 100

type Page = Omit<RequestParams<'get_messages'>, 'conversation_id'>

/** Pages of what is shown of a conversation, and places in it. The caller knows that the conversation is there. */
export class MessagePages {
  readonly #statements: ReturnType<typeof prepareShown>
  /** How many messages a conversation shows. */
  readonly count: (conversationId: string) => number

  constructor(database: Database) {
    this.#statements = prepareShown(database)
    this.count = openShownCounts(database)
  }

  locate(conversation_id: string, message_id: string | undefined): MessagePlace {
    const count = this.count(conversation_id)
    if (message_id === undefined) return { conversation_id, count, index: null }
    const { position, isShown } = this.#placeOf(message_id, conversation_id)
    const index = isShown ? this.#indexOf(conversation_id, position) : null
    return { conversation_id, count, index }
  }

  list(conversation_id: string, page: Page): Message[] {
    const { limit = PAGE_MESSAGES } = page
    if (page.around !== undefined) return this.#around(conversation_id, page.around, limit)
    if (page.offset !== undefined) return this.#from(conversation_id, page.offset, limit)
    const named = page.before ?? page.after
    const position =
      named === undefined ? Number.MAX_SAFE_INTEGER : this.#placeOf(named, conversation_id).position
    const range = { conversation_id, position, limit }
    const isAfter = page.before === undefined && page.after !== undefined
    return isAfter ? this.#statements.after.all(range) : this.#statements.before.all(range)
  }

  /** With as many before as behind it, as far as there are. */
  #around(conversation_id: string, message_id: string, limit: number): Message[] {
    const { position } = this.#placeOf(message_id, conversation_id)
    const index = this.#indexOf(conversation_id, position)
    const last = Math.max(0, this.count(conversation_id) - limit)
    return this.#from(conversation_id, Math.min(last, Math.max(0, index - Math.floor(limit / 2))), limit)
  }

  /** What is nearer to the end is counted from there. */
  #from(conversation_id: string, offset: number, limit: number): Message[] {
    const count = this.count(conversation_id)
    const size = Math.min(limit, count - offset)
    if (size <= 0) return []
    if (offset < count / 2) return this.#statements.from.all({ conversation_id, offset, limit: size })
    return this.#statements.fromEnd.all({ conversation_id, offset: count - offset - size, limit: size })
  }

  #indexOf(conversation_id: string, position: number): number {
    return this.#statements.countBefore.get({ conversation_id, position })?.count ?? 0
  }

  #placeOf(message_id: string, conversation_id: string) {
    const place = this.#statements.place.get({ message_id })
    const isInIt = place?.conversation_id === conversation_id
    return found(isInIt ? place : undefined, `the message "${message_id}" in this conversation`)
  }
}
