import { ref, type Ref, shallowRef, type ShallowRef } from 'vue'
import { type RequestResult } from '#shared/protocol/requests.ts'
import { t } from '../i18n/index.ts'
import { RequestError } from '../socket/request-error.ts'
import { type Notices } from './notices.ts'
import { type ScriptPages } from './script-pages.ts'
import { type IndexRange } from './sparse-lines.ts'
import { type Stage } from './stage.ts'
import { isLocal } from './transcript.ts'

/** As many as one request may ask for. */
const MOST_AT_ONCE = 100
/** Beyond what is in view, so many lines are fetched ahead. */
const MARGIN = 25

/** A line that is to be looked at. */
export interface ScriptTarget {
  readonly id: string
  readonly index: number
}

interface ReaderParts {
  readonly stage: Stage
  readonly pages: ScriptPages
  readonly notices: Notices
  readonly conversationId: Readonly<Ref<string | null>>
}

/** Fetches what is looked at of a conversation that is too long to be held. */
export class ScriptReader {
  /** Set anew whenever a line is asked for. */
  readonly target: ShallowRef<ScriptTarget | null> = shallowRef(null)
  readonly isFetching: Ref<boolean> = ref(false)
  readonly #parts: ReaderParts
  #wanted: IndexRange = { from: 0, to: 0 }
  #counting: Promise<void> = Promise.resolve()

  constructor(parts: ReaderParts) {
    this.#parts = parts
  }

  /** Asks how many lines there are, and where those stand that are held. */
  recount(): Promise<void> {
    // Offline again: everything is asked for anew after that.
    this.#counting = this.#count().catch(() => {})
    return this.#counting
  }

  /** What is in view: gaps in it are filled. Of several wishes the newest counts. */
  want(range: IndexRange): void {
    this.#wanted = range
    if (!this.isFetching.value) void this.#fetchWanted()
  }

  /** Fetches the line and what is around it, and has it looked at. What goes wrong is told in a notice. */
  async jumpTo(id: string): Promise<void> {
    const { pages, notices } = this.#parts
    try {
      await this.#counting
      if (pages.indexOf(id) === -1) await this.#fetchAround(id)
      const index = pages.indexOf(id)
      if (index === -1) notices.tell({ tone: 'info', text: t('chat.lineGone') })
      else this.target.value = { id, index }
    } catch (error) {
      const isGone = error instanceof RequestError && error.code === 'not_found'
      if (isGone) notices.tell({ tone: 'info', text: t('chat.lineGone') })
      else notices.tellFailure(error)
    }
  }

  /** A line that was deleted is there again. */
  async bringBack(id: string): Promise<void> {
    const { stage, pages, conversationId } = this.#parts
    const here = conversationId.value
    if (here === null || pages.find(id) !== undefined) return
    try {
      const { index } = await this.#locate(here, id)
      const message = await stage.client.request('get_message', { message_id: id })
      if (index !== null && conversationId.value === here) pages.insert(index, message)
    } catch {
      // It is of another conversation, or the line broke: then everything is asked for anew.
    }
  }

  async #count(): Promise<void> {
    const { pages, conversationId } = this.#parts
    const here = conversationId.value
    if (here === null) return
    const stored = pages.lines.value.filter((line) => !isLocal(line) && line.state !== 'streaming')
    const oldest = stored[0]
    const anchor = pages.older.value.nearest(this.#wanted.from)
    const [place, anchored] = await Promise.all([
      this.#locate(here, oldest?.id),
      anchor === undefined ? undefined : this.#locate(here, anchor.id),
    ])
    if (conversationId.value !== here || oldest?.id !== pages.lines.value[0]?.id) return
    const index = anchored?.index ?? null
    const known = anchor === undefined || index === null ? undefined : { id: anchor.id, index }
    pages.settle(place.index ?? place.count - stored.length, known)
  }

  async #fetchWanted(): Promise<void> {
    this.isFetching.value = true
    try {
      for (let gap = this.#gap(); gap !== null; gap = this.#gap()) {
        await this.#fetch(gap)
        if (this.#isStillOpen(gap)) return await this.recount()
      }
    } catch (error) {
      this.#parts.notices.tellFailure(error)
    } finally {
      this.isFetching.value = false
    }
  }

  /** What is seen and what is near, as far as it stands together: first where it is seen. */
  #gap(): IndexRange | null {
    const { from, to } = this.#wanted
    const older = this.#parts.pages.older.value
    const near = { from: from - MARGIN, to: to + MARGIN }
    const seen = older.gapIn({ from, to })
    if (seen === null) return older.gapIn(near)
    const before = older.gapIn({ from: near.from, to: seen.to })
    return older.gapIn({ from: before?.to === seen.to ? before.from : seen.from, to: near.to })
  }

  /** Nothing has come of it: there are fewer lines than were counted. */
  #isStillOpen({ from }: IndexRange): boolean {
    const { value: older } = this.#parts.pages.older
    return from < older.count && older.at(from) === undefined && this.#gap()?.from === from
  }

  async #fetchAround(id: string): Promise<void> {
    const here = this.#parts.conversationId.value
    if (here === null) return
    const { index } = await this.#locate(here, id)
    if (index !== null) await this.#fetch({ from: Math.max(0, index - MARGIN), to: index + MARGIN })
  }

  async #fetch({ from: offset, to }: IndexRange): Promise<void> {
    const { stage, pages, conversationId } = this.#parts
    const here = conversationId.value
    const { count } = pages.older.value
    const limit = Math.min(MOST_AT_ONCE, to - offset, count - offset)
    if (here === null || limit < 1) return
    const page = await stage.client.request('get_messages', { conversation_id: here, offset, limit })
    // What has come or gone meanwhile has moved the rest.
    const isCurrent = conversationId.value === here && pages.older.value.count === count
    if (isCurrent) pages.place(offset, page)
  }

  #locate(here: string, id: string | undefined): Promise<RequestResult<'locate_message'>> {
    const which = id === undefined ? {} : { message_id: id }
    return this.#parts.stage.client.request('locate_message', { conversation_id: here, ...which })
  }
}
