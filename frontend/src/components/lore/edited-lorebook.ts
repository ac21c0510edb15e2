import { ref, shallowReactive, shallowRef, type Ref, type ShallowRef } from 'vue'
import { type LoreEntry, type Lorebook } from '#shared/entities.ts'
import { RequestError } from '../../socket/request-error.ts'

type BookSettings = Omit<Lorebook, 'entries' | 'lorebook_id' | 'revision' | 'created_at' | 'updated_at'>
type BookState = 'saved' | 'unsaved' | 'saving' | 'failed' | 'conflict'

interface Server {
  /** @throws RequestError, `conflict` if it is no longer of this revision. */
  update(patch: Partial<BookSettings> & { entries?: LoreEntry[]; revision: number }): Promise<Lorebook>
  /** @throws RequestError */
  fetch(): Promise<Lorebook>
}

/**
 * A lorebook being written. Entries are looked up by id and never copied as a whole while one of them is typed into,
 * so five thousand are as quick as five.
 */
export class EditedLorebook {
  readonly settings: BookSettings
  /** Their order. */
  readonly ids: ShallowRef<readonly string[]> = shallowRef([])
  readonly state: Ref<BookState> = ref('saved')
  readonly #entries = shallowReactive(new Map<string, LoreEntry>())
  readonly #server: Server
  #stored: Lorebook
  #areEntriesTouched = false
  readonly #touchedSettings = new Set<keyof BookSettings>()

  constructor(stored: Lorebook, server: Server) {
    this.#server = server
    this.#stored = stored
    this.settings = shallowReactive(settingsOf(stored))
    this.#show(stored)
  }

  entry(id: string): LoreEntry | undefined {
    return this.#entries.get(id)
  }

  set<Field extends keyof BookSettings>(field: Field, value: BookSettings[Field]): void {
    this.settings[field] = value
    this.#touchedSettings.add(field)
    this.#touch()
  }

  change(id: string, change: Partial<LoreEntry>): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#entries.set(id, { ...entry, ...change })
    this.#touchEntries()
  }

  /** Puts an entry behind another one, or at the end. */
  add(entry: LoreEntry, behind?: string): void {
    this.#entries.set(entry.id, entry)
    const index = behind === undefined ? -1 : this.ids.value.indexOf(behind)
    this.ids.value = this.ids.value.toSpliced(index === -1 ? this.ids.value.length : index + 1, 0, entry.id)
    this.#touchEntries()
  }

  remove(id: string): void {
    this.#entries.delete(id)
    this.ids.value = this.ids.value.filter((other) => other !== id)
    this.#touchEntries()
  }

  /** One place up or down. */
  move(id: string, by: 1 | -1): void {
    const index = this.ids.value.indexOf(id)
    const to = index + by
    if (index === -1 || to < 0 || to >= this.ids.value.length) return
    this.ids.value = this.ids.value.toSpliced(index, 1).toSpliced(to, 0, id)
    this.#touchEntries()
  }

  /** The ids of the entries in whose name, keys or text these words are. */
  matching(words: string): readonly string[] {
    const wanted = words.trim().toLowerCase()
    if (wanted === '') return this.ids.value
    return this.ids.value.filter((id) => {
      const entry = this.#entries.get(id)
      return entry !== undefined && textOf(entry).includes(wanted)
    })
  }

  /** It was changed elsewhere. Unsaved work here is not touched: saving it will find the other version. */
  take(stored: Lorebook): void {
    if (stored.revision <= this.#stored.revision || this.state.value !== 'saved') return
    this.#stored = stored
    Object.assign(this.settings, settingsOf(stored))
    this.#show(stored)
  }

  async save(): Promise<void> {
    if (this.state.value !== 'unsaved' && this.state.value !== 'failed') return
    await this.#write(this.#stored.revision)
  }

  /** Ends a conflict with what is written here. */
  async keepMine(): Promise<void> {
    const { revision } = await this.#server.fetch()
    await this.#write(revision)
  }

  /** Ends a conflict with what was written elsewhere. */
  async takeTheirs(): Promise<void> {
    const stored = await this.#server.fetch()
    this.#forget()
    this.state.value = 'saved'
    this.#stored = { ...stored, revision: stored.revision - 1 }
    this.take(stored)
  }

  async #write(revision: number): Promise<void> {
    this.state.value = 'saving'
    const patch = this.#patch()
    this.#forget()
    try {
      this.#stored = await this.#server.update({ ...patch, revision })
      // Typed into while it was being saved.
      this.state.value = this.#areEntriesTouched || this.#touchedSettings.size > 0 ? 'unsaved' : 'saved'
    } catch (error) {
      if (patch.entries !== undefined) this.#areEntriesTouched = true
      for (const field of FIELDS) if (field in patch) this.#touchedSettings.add(field)
      const isConflict = error instanceof RequestError && error.code === 'conflict'
      this.state.value = isConflict ? 'conflict' : 'failed'
    }
  }

  #patch(): Partial<BookSettings> & { entries?: LoreEntry[] } {
    const settings = Object.fromEntries(
      [...this.#touchedSettings].map((field) => [field, this.settings[field]]),
    )
    if (!this.#areEntriesTouched) return settings
    return { ...settings, entries: this.ids.value.flatMap((id) => this.#entries.get(id) ?? []) }
  }

  #forget(): void {
    this.#areEntriesTouched = false
    this.#touchedSettings.clear()
  }

  #touchEntries(): void {
    this.#areEntriesTouched = true
    this.#touch()
  }

  #touch(): void {
    if (this.state.value === 'saved' || this.state.value === 'failed') this.state.value = 'unsaved'
  }

  #show({ entries }: Lorebook): void {
    this.#entries.clear()
    const ids: string[] = []
    for (const entry of entries) {
      // Two of one id would be one to the editor: the second gets another.
      const id = this.#entries.has(entry.id) || entry.id === '' ? `${entry.id}#${ids.length}` : entry.id
      this.#entries.set(id, { ...entry, id })
      ids.push(id)
    }
    this.ids.value = ids
  }
}

const FIELDS = [
  'name',
  'description',
  'is_global',
  'scan_depth',
  'token_budget',
  'is_recursive',
  'is_case_sensitive',
  'matches_whole_words',
] as const

function settingsOf(book: Lorebook): BookSettings {
  return {
    name: book.name,
    description: book.description,
    is_global: book.is_global,
    scan_depth: book.scan_depth,
    token_budget: book.token_budget,
    is_recursive: book.is_recursive,
    is_case_sensitive: book.is_case_sensitive,
    matches_whole_words: book.matches_whole_words,
  }
}

function textOf({ name, keys, secondary_keys, content }: LoreEntry): string {
  return [name, ...keys, ...secondary_keys, content].join('\n').toLowerCase()
}
