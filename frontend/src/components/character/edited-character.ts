import { reactive, ref, shallowRef, toRaw, type Ref, type ShallowRef } from 'vue'
import { type Character, CharacterDraft } from '#shared/entities.ts'
import { RequestError } from '../../socket/request-error.ts'
import { changesOf, type Draft, draftOf, problemsOf } from './draft.ts'
import { forgetDraft, keepDraft, readKeptDraft } from './kept-draft.ts'
import { mergeDrafts } from './merge.ts'

export type SaveState = 'saved' | 'unsaved' | 'saving' | 'failed' | 'conflict'

/** What was changed here and elsewhere, each in its own way. */
export interface Conflict {
  readonly fields: readonly (keyof Draft)[]
  readonly mine: Draft
  readonly theirs: Draft
}

interface Server {
  /** @throws RequestError, `conflict` if it is no longer of this revision. */
  update(patch: Partial<Draft> & { id: string; revision: number }): Promise<Character>
  /** As it is stored now. @throws RequestError */
  fetch(): Promise<Character>
}

/** After so many refusals somebody else changes it faster than it can be saved. */
const MOST_ATTEMPTS = 4

/**
 * A character being written. What is changed elsewhere comes in, as far as it was not changed here as well; what
 * was changed in both places waits until somebody decides, and is not lost until then, not even with the page.
 */
export class EditedCharacter {
  readonly draft: Draft
  readonly state: Ref<SaveState> = ref('saved')
  readonly conflict: ShallowRef<Conflict | null> = shallowRef(null)
  readonly #id: string
  readonly #server: Server
  #base: Draft
  #revision: number
  /** What came from elsewhere while something was being saved, or while there is a conflict. */
  #newest: Character

  constructor(stored: Character, server: Server) {
    this.#id = stored.id
    this.#server = server
    this.#newest = stored
    const kept = readKeptDraft(stored.id)
    this.#revision = kept?.revision ?? stored.revision
    this.#base = { ...draftOf(stored), ...kept?.base }
    this.draft = reactive({ ...draftOf(stored), ...kept?.mine })
    if (kept !== null) this.#merge()
  }

  /** What is written and not saved. */
  get unsaved(): Partial<Draft> {
    return changesOf(toRaw(this.draft), this.#base)
  }

  /** It was changed in a form: to be kept in the browser at once, and to be saved soon. */
  touch(): void {
    const mine = this.unsaved
    if (Object.keys(mine).length === 0) {
      if (this.state.value === 'unsaved' || this.state.value === 'failed') this.#settle()
      return
    }
    const fields = Object.keys(mine)
    const base = Object.fromEntries(Object.entries(this.#base).filter(([field]) => fields.includes(field)))
    keepDraft(this.#id, { revision: this.#revision, base, mine })
    if (this.state.value === 'saved' || this.state.value === 'failed') this.state.value = 'unsaved'
  }

  /** It was changed elsewhere, or here a moment ago. */
  take(stored: Character): void {
    if (stored.revision <= this.#newest.revision) return
    this.#newest = stored
    // What is being saved comes back as a change, too; it is looked at when it is known which.
    if (this.state.value !== 'saving') this.#merge()
  }

  async save(): Promise<void> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS && this.#canSave(); attempt++) {
      const isDone = await this.#attempt()
      if (isDone) return
    }
  }

  /** Ends a conflict: of the fields named, theirs are taken; of the others, mine. */
  resolve(takesTheirs: readonly (keyof Draft)[]): void {
    const theirs = draftOf(this.#newest)
    const { merged } = mergeDrafts({ base: this.#base, mine: this.#mine(), theirs })
    for (const field of takesTheirs) Object.assign(merged, { [field]: theirs[field] })
    this.#rebase(merged)
  }

  #canSave(): boolean {
    if (this.state.value === 'saving' || this.conflict.value !== null) return false
    if (Object.keys(problemsOf(this.draft)).length > 0) return false
    if (Object.keys(this.unsaved).length > 0) return true
    this.#settle()
    return false
  }

  /** @returns whether it is over: saved, failed, or to be decided by somebody. */
  async #attempt(): Promise<boolean> {
    this.state.value = 'saving'
    try {
      const kept = await this.#server.update({ id: this.#id, revision: this.#revision, ...this.unsaved })
      this.#revision = kept.revision
      this.#base = draftOf(kept)
      if (kept.revision >= this.#newest.revision) this.#newest = kept
      this.state.value = 'unsaved'
      this.#merge()
      return true
    } catch (error) {
      this.state.value = 'failed'
      if (!(error instanceof RequestError && error.code === 'conflict')) return true
      return this.#learn()
    }
  }

  /** Somebody else was first: what did they write? @returns whether there is nothing more to be tried. */
  async #learn(): Promise<boolean> {
    try {
      const stored = await this.#server.fetch()
      if (stored.revision > this.#newest.revision) this.#newest = stored
      this.#merge()
      return this.conflict.value !== null
    } catch {
      return true
    }
  }

  #merge(): void {
    const theirs = draftOf(this.#newest)
    const mine = this.#mine()
    const { merged, conflicts } = mergeDrafts({ base: this.#base, mine, theirs })
    if (conflicts.length === 0) return this.#rebase(merged)
    this.conflict.value = { fields: conflicts, mine, theirs }
    this.state.value = 'conflict'
  }

  #rebase(merged: Draft): void {
    this.#revision = this.#newest.revision
    this.#base = draftOf(this.#newest)
    this.conflict.value = null
    Object.assign(this.draft, merged)
    this.state.value = 'unsaved'
    this.touch()
  }

  #mine(): Draft {
    // Not `structuredClone`: what forms put in may hold proxies.
    return CharacterDraft.safeParse(this.draft).data ?? { ...toRaw(this.draft) }
  }

  #settle(): void {
    this.state.value = 'saved'
    forgetDraft(this.#id)
  }
}
