import { and, eq, isNull, sql } from 'drizzle-orm'
import { type TagCount } from '#shared/entities.ts'
import { type Database } from './database.ts'
import { characters } from './schema.ts'
import { folded } from './search-text.ts'

const byNameOrder = new Intl.Collator('en', { numeric: true })

/** What characters are found and sorted by. */
export interface IndexedCharacter {
  readonly position: number
  readonly id: string
  readonly name: string
  readonly tags: readonly string[]
  readonly foldedTags: ReadonlySet<string>
  readonly foldedCreator: string
  readonly is_favourite: boolean
  readonly token_count: number
  readonly created_at: string
  readonly updated_at: string
}

const columns = {
  position: characters.position,
  id: characters.id,
  name: characters.name,
  tags: characters.tags,
  creator: characters.creator,
  is_favourite: characters.is_favourite,
  token_count: characters.token_count,
  created_at: characters.created_at,
  updated_at: characters.updated_at,
}

/**
 * All characters that are there, by name, in memory: a few hundred bytes each, read at the first question and kept in
 * step, so that a list of ten thousand is sorted out between two keystrokes, in the order in which people sort names.
 */
export class CharacterIndex {
  readonly #all: () => Row[]
  readonly #one: (id: string) => Row | undefined
  #sorted: IndexedCharacter[] | undefined
  readonly #stale = new Set<string>()

  constructor({ orm }: Database) {
    const isThere = isNull(characters.deleted_at)
    const all = orm.select(columns).from(characters).where(isThere).orderBy(characters.name).prepare()
    const one = orm
      .select(columns)
      .from(characters)
      .where(and(eq(characters.id, sql.placeholder('id')), isThere))
      .prepare()
    this.#all = () => all.all()
    this.#one = (id) => one.get({ id })
  }

  /** It was made, edited, deleted or restored. */
  changed(id: string): void {
    this.#stale.add(id)
  }

  /** By name. */
  sorted(): readonly IndexedCharacter[] {
    if (this.#sorted === undefined || this.#stale.size > this.#sorted.length / 4) {
      this.#sorted = this.#all().map(indexed).toSorted(compare)
    } else if (this.#stale.size > 0) {
      this.#refresh(this.#sorted)
    }
    this.#stale.clear()
    return this.#sorted
  }

  /** Most used first. Tags that differ in capitals or accents only are one. */
  tags(): TagCount[] {
    const counts = new Map<string, { spellings: Map<string, number>; count: number }>()
    for (const { tags } of this.sorted()) for (const tag of new Set(tags)) countTag(counts, tag)
    return [...counts.values()]
      .map(({ spellings, count }) => ({ tag: mostUsed(spellings), count }))
      .toSorted((a, b) => b.count - a.count || byNameOrder.compare(a.tag, b.tag))
  }

  #refresh(sorted: IndexedCharacter[]): void {
    const kept = sorted.filter(({ id }) => !this.#stale.has(id))
    for (const id of this.#stale) {
      const row = this.#one(id)
      if (row) insertSorted(kept, indexed(row))
    }
    this.#sorted = kept
  }
}

type Row = Omit<IndexedCharacter, 'foldedTags' | 'foldedCreator'> & { readonly creator: string }

/** Written out: objects that are spread together are looked into several times as slowly, and there are thousands. */
function indexed(row: Row): IndexedCharacter {
  return {
    position: row.position,
    id: row.id,
    name: row.name,
    tags: row.tags,
    foldedTags: new Set(row.tags.map(folded)),
    foldedCreator: folded(row.creator),
    is_favourite: row.is_favourite,
    token_count: row.token_count,
    created_at: row.created_at,
    updated_at: row.updated_at,
  }
}

function compare(first: IndexedCharacter, second: IndexedCharacter): number {
  return byNameOrder.compare(first.name, second.name) || (first.id < second.id ? -1 : 1)
}

function insertSorted(sorted: IndexedCharacter[], character: IndexedCharacter): void {
  let from = 0
  let to = sorted.length
  while (from < to) {
    const middle = (from + to) >> 1
    const other = sorted[middle]
    if (other && compare(other, character) < 0) from = middle + 1
    else to = middle
  }
  sorted.splice(from, 0, character)
}

function countTag(counts: Map<string, { spellings: Map<string, number>; count: number }>, tag: string): void {
  const key = folded(tag)
  const known = counts.get(key) ?? { spellings: new Map<string, number>(), count: 0 }
  known.count++
  known.spellings.set(tag, (known.spellings.get(tag) ?? 0) + 1)
  counts.set(key, known)
}

function mostUsed(spellings: ReadonlyMap<string, number>): string {
  let best = ''
  for (const [spelling, count] of spellings) if (count > (spellings.get(best) ?? 0)) best = spelling
  return best
}
