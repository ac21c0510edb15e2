import { sql } from 'drizzle-orm'
import { type CharacterHead } from '#shared/entities.ts'
import { type CharacterHeads } from '#shared/protocol/library.ts'
import { type RequestParams } from '#shared/protocol/requests.ts'
import { type CharacterIndex, type IndexedCharacter } from './character-index.ts'
import { voiceThere } from './character-statements.ts'
import { type Database } from './database.ts'
import { characters } from './schema.ts'
import { PositionSet } from './position-set.ts'
import { matchAll, matchOf, searchTerms, type SearchField, type SearchTerms } from './search-terms.ts'
import { folded } from './search-text.ts'

const PAGE_HEADS = 100
/** What searching the library looks at; the rest of a card is for the search of everything. */
const COLUMNS = 'name tags creator notes description'

const { id, name, nickname, color, image_url, tags, is_favourite, is_active, creator } = characters
const { revision, created_at, updated_at, tagline, token_count } = characters
const shown = { id, name, nickname, color, image_url, tags, is_favourite, is_active, creator }
const fields = {
  ...shown,
  revision,
  created_at,
  updated_at,
  tagline,
  token_count,
  voice_id: voiceThere,
  greeting_count: sql<number>`(first_message <> '') + json_array_length(alternate_greetings)`,
  has_lore: sql`json_array_length(lorebook_ids) > 0`.mapWith(Boolean),
}

/** How often, and when last, somebody was talked with. */
interface Chats {
  readonly chat_count: number
  readonly last_chat_at: string | null
}
const NO_CHATS: Chats = { chat_count: 0, last_chat_at: null }
const CHATS = `
  SELECT character_id AS id, count(*) AS chat_count, max(updated_at) AS last_chat_at FROM casts
  JOIN conversations USING (conversation_id) WHERE deleted_at IS NULL`

type Page = RequestParams<'get_character_heads'>

/** Characters as lists show them. */
export class CharacterHeadsReader {
  readonly #index: CharacterIndex
  readonly #statements

  constructor(database: Database, index: CharacterIndex) {
    const { sqlite, orm } = database
    this.#index = index
    this.#statements = {
      heads: orm
        .select(fields)
        .from(characters)
        .where(sql`id IN (SELECT value FROM json_each(${sql.placeholder('ids')}))`)
        .prepare(),
      matching: sqlite
        .prepare<[string], number>('SELECT rowid FROM character_search WHERE character_search MATCH ?')
        .pluck(),
      speaking: sqlite
        .prepare<[string], number>(
          `SELECT characters.position FROM characters JOIN voices USING (voice_id)
           WHERE voice_id = ? AND voices.deleted_at IS NULL`,
        )
        .pluck(),
      chats: sqlite.prepare<[], Chats & { id: string }>(`${CHATS} GROUP BY character_id`),
      chatsOf: sqlite.prepare<[string], Chats & { id: string }>(
        `${CHATS} AND character_id IN (SELECT value FROM json_each(?)) GROUP BY character_id`,
      ),
    }
  }

  page(page: Page): CharacterHeads {
    const wanted = this.#wanted(page)
    const sorted = this.#sorted(wanted, page.sort ?? 'name')
    const offset = page.offset ?? 0
    const ids = sorted.slice(offset, offset + (page.limit ?? PAGE_HEADS)).map((character) => character.id)
    return { heads: this.#heads(ids), total: sorted.length }
  }

  #wanted(page: Page): readonly IndexedCharacter[] {
    const all = this.#index.sorted()
    if (page.ids !== undefined) {
      const named = new Set(page.ids)
      return all.filter((character) => named.has(character.id))
    }
    const terms = searchTerms(page.query ?? '')
    const conditions = [
      ...this.#matching(terms),
      ...chipConditions(page),
      ...terms.fields.map((field) => fieldCondition(field, all)),
    ]
    if (page.favourites === true) conditions.push((character) => character.is_favourite)
    if (page.voice_id !== undefined) {
      const speaking = new PositionSet(this.#statements.speaking.all(page.voice_id))
      conditions.push(({ position }) => speaking.has(position))
    }
    // One after the other: each leaves fewer for the next.
    return conditions.reduce<readonly IndexedCharacter[]>((left, holds) => left.filter(holds), all)
  }

  /** What is looked for, and what must not be there. */
  #matching({ all, none }: SearchTerms): Condition[] {
    const found = (match: string): PositionSet =>
      new PositionSet(this.#statements.matching.all(inColumns(match)))
    const without = none.map((term): Condition => {
      const excluded = found(matchOf(term))
      return ({ position }) => !excluded.has(position)
    })
    const match = matchAll({ all, none: [] })
    if (match === undefined) return without
    const matching = found(match)
    return [({ position }) => matching.has(position), ...without]
  }

  #sorted(wanted: readonly IndexedCharacter[], sort: NonNullable<Page['sort']>): readonly IndexedCharacter[] {
    if (sort === 'name') return wanted
    if (sort === 'favourite') {
      return [...wanted.filter((one) => one.is_favourite), ...wanted.filter((one) => !one.is_favourite)]
    }
    // Sorting is stable: those that are equal stay in the order of their names.
    if (sort === 'recent' || sort === 'chats') {
      const chats = new Map(this.#statements.chats.all().map((row) => [row.id, row]))
      const of = (character: IndexedCharacter): Chats => chats.get(character.id) ?? NO_CHATS
      return wanted.toSorted((a, b) =>
        sort === 'chats'
          ? of(b).chat_count - of(a).chat_count
          : newestFirst(of(a).last_chat_at ?? '', of(b).last_chat_at ?? ''),
      )
    }
    return wanted.toSorted((a, b) => {
      if (sort === 'created') return newestFirst(a.created_at, b.created_at) || b.position - a.position
      if (sort === 'updated') return newestFirst(a.updated_at, b.updated_at)
      return b.token_count - a.token_count
    })
  }

  #heads(ids: readonly string[]): CharacterHead[] {
    const rows = this.#statements.heads.all({ ids: JSON.stringify(ids) })
    const byId = new Map(rows.map((row) => [row.id, row]))
    const chats = new Map(this.#statements.chatsOf.all(JSON.stringify(ids)).map((row) => [row.id, row]))
    return ids.flatMap((wanted) => {
      const row = byId.get(wanted)
      const { chat_count, last_chat_at } = chats.get(wanted) ?? NO_CHATS
      return row ? [{ ...row, chat_count, last_chat_at }] : []
    })
  }
}

function newestFirst(first: string, second: string): number {
  return first === second ? 0 : first < second ? 1 : -1
}

type Condition = (character: IndexedCharacter) => boolean

function inColumns(match: string): string {
  return `{${COLUMNS}} : ${match}`
}

function chipConditions({ tags: chips = [], any_tag, without_tags = [] }: Page): Condition[] {
  const wanted = chips.map(folded)
  const unwanted = without_tags.map(folded)
  const conditions: Condition[] = []
  if (wanted.length > 0) {
    conditions.push(({ foldedTags }) =>
      any_tag === true
        ? wanted.some((tag) => foldedTags.has(tag))
        : wanted.every((tag) => foldedTags.has(tag)),
    )
  }
  if (unwanted.length > 0) conditions.push(({ foldedTags }) => !unwanted.some((tag) => foldedTags.has(tag)))
  return conditions
}

/** A tag that is still being typed, and is none yet, counts for all that begin with it. */
function fieldCondition(field: SearchField, all: readonly IndexedCharacter[]): Condition {
  const { value, isOpen, isExcluded } = field
  if (field.name === 'creator') {
    return ({ foldedCreator }) => foldedCreator.startsWith(value) !== isExcluded
  }
  const isUnfinished = isOpen && !all.some(({ foldedTags }) => foldedTags.has(value))
  const has: Condition = ({ foldedTags }) =>
    isUnfinished ? [...foldedTags].some((tag) => tag.startsWith(value)) : foldedTags.has(value)
  return (character) => has(character) !== isExcluded
}
