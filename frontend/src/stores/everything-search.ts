import { ref, type Ref, shallowRef, type ShallowRef } from 'vue'
import { type SearchHit } from '#shared/entities.ts'
import { type Stage } from './stage.ts'

const PAGE = 50

/** What was found everywhere for some words, page by page. */
export class EverythingSearch {
  readonly hits: ShallowRef<readonly SearchHit[]> = shallowRef([])
  readonly hasMore: Ref<boolean> = ref(false)
  readonly isLooking: Ref<boolean> = ref(false)
  readonly #client: Stage['client']
  #query = ''
  /** An answer that comes after a newer question is not wanted. */
  #question = 0

  constructor({ client }: Stage) {
    this.#client = client
  }

  /** @throws RequestError */
  async find(query: string): Promise<void> {
    this.#query = query.trim()
    const page = this.#query === '' ? this.#nothing() : await this.#page(0)
    if (page !== null) this.hits.value = page
  }

  /** @throws RequestError */
  async more(): Promise<void> {
    if (!this.hasMore.value || this.isLooking.value) return
    const page = await this.#page(this.hits.value.length)
    if (page !== null) this.hits.value = [...this.hits.value, ...page]
  }

  #nothing(): readonly SearchHit[] {
    this.#question += 1
    this.hasMore.value = false
    this.isLooking.value = false
    return []
  }

  async #page(offset: number): Promise<readonly SearchHit[] | null> {
    this.#question += 1
    const question = this.#question
    this.isLooking.value = true
    try {
      const page = await this.#client.request('search', { query: this.#query, limit: PAGE, offset })
      if (question !== this.#question) return null
      this.hasMore.value = page.length === PAGE
      return page
    } finally {
      if (question === this.#question) this.isLooking.value = false
    }
  }
}
