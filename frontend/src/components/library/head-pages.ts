import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { type CharacterHead } from '#shared/entities.ts'
import { type RequestInput } from '#shared/protocol/requests.ts'
import { Latest } from './latest.ts'

/** How many are fetched at once: what a screen shows, or half of what a large one does. */
export const PAGE = 30

/** Which characters are wanted, and in which order. */
export type Question = Omit<RequestInput<'get_character_heads'>, 'limit' | 'offset' | 'ids'>

interface Answer {
  readonly heads: readonly CharacterHead[]
  readonly total: number
}

interface HeadSource {
  /** @throws RequestError */
  fetch(page: Question & { limit: number; offset: number }): Promise<Answer>
  /** Keeps what was fetched where cards look for it. */
  keep(heads: readonly CharacterHead[]): void
}

/** The first page that is wanted, and the last. */
interface Span {
  readonly first: number
  readonly last: number
}

interface Turn {
  readonly question: Question
  readonly span: Span
}

/**
 * A long list of characters of which only the pages are fetched that somebody looks at. Holes are `undefined`. What
 * was found for an older question stays until the newer one is answered, and an answer that comes late is dropped.
 */
export class HeadPages {
  /** The ids of all who were found, as far as they are known. */
  readonly ids: ShallowRef<readonly (string | undefined)[]> = shallowRef([])
  /** Whether nothing has been answered yet. */
  readonly isLoading: Ref<boolean> = ref(true)
  /** Rises with every answer to another question: the list begins anew. */
  readonly turn: Ref<number> = ref(0)
  readonly #source: HeadSource
  readonly #latest: Latest<Turn, readonly Answer[]>
  #question: Question = {}
  #shown: Question | null = null
  #span: Span = { first: 0, last: 0 }
  readonly #asked = new Set<number>()

  constructor(source: HeadSource) {
    this.#source = source
    this.#latest = new Latest<Turn, readonly Answer[]>(
      ({ question, span }) => Promise.all(pagesIn(span).map((page) => this.#fetch(question, page))),
      (answers, turn) => this.#show(answers, turn),
    )
  }

  /** Asks another question; what is shown stays until it is answered. */
  async ask(question: Question): Promise<void> {
    this.#question = question
    this.#span = { first: 0, last: 0 }
    await this.#latest.put({ question, span: this.#span })
  }

  /** Asks the same again, because something has changed: only for what is being looked at. */
  async refresh(): Promise<void> {
    await this.#latest.put({ question: this.#question, span: this.#span })
  }

  /** Somebody looks at these places of the list. */
  async look(from: number, to: number): Promise<void> {
    const last = Math.max(0, Math.min(to, this.ids.value.length - 1))
    this.#span = { first: pageOf(Math.min(from, last)), last: pageOf(last) }
    const question = this.#shown
    if (question === null || question !== this.#question) return
    const missing = pagesIn(this.#span).filter((page) => this.#isMissing(page))
    await Promise.all(missing.map((page) => this.#fill(question, page)))
  }

  /** The ids of everybody who was found, page by page. @throws RequestError */
  async everyone(): Promise<string[]> {
    const question = this.#question
    const ids: string[] = []
    for (let offset = 0; ; offset += 500) {
      const { heads, total } = await this.#source.fetch({ ...question, limit: 500, offset })
      ids.push(...heads.map(({ id }) => id))
      if (heads.length === 0 || ids.length >= total) return ids
    }
  }

  #isMissing(page: number): boolean {
    if (this.#asked.has(page)) return false
    const end = Math.min((page + 1) * PAGE, this.ids.value.length)
    return this.ids.value.slice(page * PAGE, end).includes(undefined)
  }

  async #fill(question: Question, page: number): Promise<void> {
    this.#asked.add(page)
    try {
      const answer = await this.#fetch(question, page)
      if (this.#shown !== question) return
      this.#source.keep(answer.heads)
      this.ids.value = laid(this.ids.value, page, answer)
    } catch {
      // Asked for again by whoever looks again.
    } finally {
      this.#asked.delete(page)
    }
  }

  #fetch(question: Question, page: number): Promise<Answer> {
    return this.#source.fetch({ ...question, limit: PAGE, offset: page * PAGE })
  }

  #show(answers: readonly Answer[], { question, span }: Turn): void {
    const isOther = this.#shown !== question
    const total = answers[0]?.total ?? 0
    let ids: readonly (string | undefined)[] = Array.from<string | undefined>({ length: total })
    for (const [index, answer] of answers.entries()) ids = laid(ids, span.first + index, answer)
    for (const { heads } of answers) this.#source.keep(heads)
    this.#asked.clear()
    this.#shown = question
    this.ids.value = ids
    this.isLoading.value = false
    if (isOther) this.turn.value += 1
  }
}

const pageOf = (index: number): number => Math.floor(Math.max(0, index) / PAGE)

function pagesIn({ first, last }: Span): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

/** The list with the heads of one page in their places, and as long as the answer says that it is. */
function laid(
  ids: readonly (string | undefined)[],
  page: number,
  { heads, total }: Answer,
): readonly (string | undefined)[] {
  const laidOut = Array.from({ length: total }, (_, index) => ids[index])
  for (const [index, head] of heads.entries()) {
    if (page * PAGE + index < total) laidOut[page * PAGE + index] = head.id
  }
  return laidOut
}
