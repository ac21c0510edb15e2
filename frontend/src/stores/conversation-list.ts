import { ref, type Ref } from 'vue'
import { type Conversation } from '#shared/entities.ts'
import { Shelf } from './shelf.ts'
import { type Stage } from './stage.ts'

const PAGE = 50

/** The conversations, most recently used first, page by page; or those that were searched for. */
export class ConversationList {
  readonly shelf = new Shelf<Conversation>((conversation) => conversation.conversation_id)
  readonly hasMore: Ref<boolean> = ref(false)
  readonly #client: Stage['client']
  #query = ''
  /** Which load is the current one: an answer that comes after a newer question is not wanted. */
  #load = 0

  constructor({ client }: Stage) {
    this.#client = client
    client.on('conversation_created', ({ data }) => this.#put(data))
    client.on('conversation_updated', ({ data }) => this.#put(data))
    client.on('conversation_data', ({ data }) => this.#put(data))
    client.on('conversation_deleted', ({ data }) => this.shelf.remove(data.conversation_id))
  }

  /** @throws RequestError */
  async search(query: string): Promise<void> {
    this.#query = query.trim()
    const page = await this.#page({})
    if (page !== null) this.shelf.items.value = page
  }

  /** @throws RequestError */
  async loadMore(): Promise<void> {
    const last = this.shelf.items.value.at(-1)
    if (!this.hasMore.value || last === undefined) return
    const page = await this.#page({ before: last.conversation_id })
    if (page !== null) this.shelf.append(page)
  }

  /** Something was said in it: now it is the most recently used. */
  use(conversationId: string): void {
    const known = this.shelf.find(conversationId)
    if (known !== undefined && this.#query === '') {
      this.shelf.putFirst({ ...known, updated_at: new Date().toISOString() })
    }
  }

  async #page(from: { before?: string }): Promise<readonly Conversation[] | null> {
    this.#load += 1
    const load = this.#load
    const query = this.#query === '' ? {} : { query: this.#query }
    const page = await this.#client.request('get_conversations', { limit: PAGE, ...from, ...query })
    if (load !== this.#load) return null
    this.hasMore.value = page.length === PAGE
    return page
  }

  #put(conversation: Conversation): void {
    if (this.shelf.find(conversation.conversation_id) !== undefined) this.shelf.put(conversation)
    else if (this.#query === '') this.shelf.putFirst(conversation)
  }
}
