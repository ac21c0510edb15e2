import { ref, type Ref } from 'vue'
import { type Conversation } from '#shared/entities.ts'
import { Shelf } from './shelf.ts'
import { type Stage } from './stage.ts'

const PAGE = 50

/** Which conversations are wanted. */
export interface ConversationFilter {
  readonly query: string
  /** Those in the archive, or those that are not. */
  readonly archived: boolean
  /** Only those in which this character is present. */
  readonly characterId: string | null
}

/** The conversations, most recently used first, page by page; or those that were searched for. */
export class ConversationList {
  readonly shelf = new Shelf<Conversation>((conversation) => conversation.conversation_id)
  readonly hasMore: Ref<boolean> = ref(false)
  readonly #client: Stage['client']
  #filter: ConversationFilter = { query: '', archived: false, characterId: null }
  /** Which load is the current one: an answer that comes after a newer question is not wanted. */
  #load = 0

  constructor({ client }: Stage) {
    this.#client = client
    client.on('conversation_created', ({ data }) => this.#put(data))
    client.on('conversation_updated', ({ data }) => this.#put(data))
    client.on('conversation_data', ({ data }) => this.#put(data))
    client.on('conversation_deleted', ({ data }) => this.shelf.remove(data.conversation_id))
    client.on('trash_restored', ({ data }) => {
      if (data.kind === 'conversation') this.#bringBack(data.id)
    })
  }

  /** @throws RequestError */
  async search(query: string): Promise<void> {
    await this.show({ ...this.#filter, query: query.trim() })
  }

  /** @throws RequestError */
  async show(filter: ConversationFilter): Promise<void> {
    this.#filter = filter
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
    if (known !== undefined && this.#filter.query === '') {
      this.shelf.putFirst({ ...known, updated_at: new Date().toISOString() })
    }
  }

  async #page(from: { before?: string }): Promise<readonly Conversation[] | null> {
    this.#load += 1
    const load = this.#load
    const { query, archived, characterId } = this.#filter
    const page = await this.#client.request('get_conversations', {
      limit: PAGE,
      ...from,
      ...(query === '' ? {} : { query }),
      ...(archived ? { archived } : {}),
      ...(characterId === null ? {} : { character_id: characterId }),
    })
    if (load !== this.#load) return null
    this.hasMore.value = page.length === PAGE
    return page
  }

  #put(conversation: Conversation): void {
    const id = conversation.conversation_id
    if (!this.#fits(conversation)) this.shelf.remove(id)
    else if (this.shelf.find(id) !== undefined) this.shelf.put(conversation)
    else if (this.#filter.query === '') this.#putByUse(conversation)
  }

  /** Where its last use puts it; what is older than the pages that are here comes with its page. */
  #putByUse(conversation: Conversation): void {
    const { value: items } = this.shelf.items
    const index = items.findIndex(({ updated_at }) => updated_at <= conversation.updated_at)
    if (index !== -1) this.shelf.items.value = items.toSpliced(index, 0, conversation)
    else if (!this.hasMore.value) this.shelf.items.value = [...items, conversation]
  }

  #fits({ is_archived, active_characters }: Conversation): boolean {
    const { archived, characterId } = this.#filter
    return is_archived === archived && (characterId === null || active_characters.includes(characterId))
  }

  #bringBack(conversationId: string): void {
    // What comes is told as `conversation_data`; offline, everything is fetched after that.
    this.#client.request('get_conversation', { conversation_id: conversationId }).catch(() => {})
  }
}
