import { type SearchHit, type SearchKind } from '#shared/entities.ts'
import { type Database } from './database.ts'
import { matchAll, type SearchTerms } from './search-terms.ts'
import { snippetsOf, type Snippets } from './snippets.ts'

/** Of the best of so many candidates one page is shown: ranking all of a common word would take too long. */
const MAX_CANDIDATES = 2_000

/** Stands between the fields of a character: nothing that is typed. */
const FIELD_END = '\u001E'

interface Wanted {
  readonly terms: Pick<SearchTerms, 'all' | 'none'>
  readonly limit: number
  readonly offset: number
}

/** One page of what was found of one kind, other than messages: there are few enough to be ranked. */
export type Source = (wanted: Wanted) => SearchHit[]

export function sourcesOf(database: Database): Readonly<Record<Exclude<SearchKind, 'message'>, Source>> {
  return {
    conversation: titleSource(database),
    character: characterSource(database),
    lorebook: lorebookSource(database),
  }
}

interface Found {
  readonly id: string
  readonly title: string
  readonly at: string
  readonly text: string
}

function titleSource({ sqlite }: Database): Source {
  const statement = sqlite.prepare<object, Found>(`
    SELECT conversation_id AS id, conversations.title, updated_at AS at, conversations.title AS text
    FROM title_search JOIN conversations ON conversations.position = title_search.rowid
    WHERE title_search MATCH @match AND deleted_at IS NULL
    ORDER BY updated_at DESC LIMIT @limit OFFSET @offset`)
  return ({ terms, limit, offset }) => {
    const snippets = snippetsOf(terms.all)
    return statement
      .all({ match: matchAll(terms), limit, offset })
      .map((row) => hit('conversation', row, snippets))
  }
}

/** The best of those that were made last; names count most. */
function ranked(search: string, weights: string): string {
  return `(
    SELECT rowid AS place, bm25(${search}, ${weights}) AS rank FROM ${search}
    WHERE ${search} MATCH @match AND rowid IN (
      SELECT rowid FROM ${search} WHERE ${search} MATCH @match ORDER BY rowid DESC LIMIT ${MAX_CANDIDATES}
    )
  )`
}

function characterSource({ sqlite }: Database): Source {
  const statement = sqlite.prepare<object, Found>(`
    SELECT id, name AS title, updated_at AS at,
      concat_ws('${FIELD_END}', description, creator_notes, personality, scenario, first_message,
        (SELECT group_concat(value, ', ') FROM json_each(tags)), creator,
        (SELECT group_concat(value, '${FIELD_END}') FROM json_each(alternate_greetings))) AS text
    FROM ${ranked('character_search', '20, 8, 6, 3, 2, 1')} JOIN characters ON characters.position = place
    WHERE deleted_at IS NULL ORDER BY rank LIMIT @limit OFFSET @offset`)
  return ({ terms, limit, offset }) => {
    const snippets = snippetsOf(terms.all)
    return statement.all({ match: matchAll(terms), limit, offset }).map((row) => ({
      ...hit('character', { ...row, text: inOneLine(row.text) }, snippets),
      character_id: row.id,
    }))
  }
}

function inOneLine(fields: string): string {
  const texts = fields.split(FIELD_END).map((text) => text.trim())
  return texts.filter((text) => text !== '').join(' · ')
}

function lorebookSource({ sqlite }: Database): Source {
  const statement = sqlite.prepare<object, Found>(`
    SELECT lorebook_id AS id, name AS title, updated_at AS at, concat_ws(char(10), description, (
      SELECT group_concat(concat_ws(': ', value ->> '$.name', value ->> '$.content'), char(10)) FROM json_each(entries)
    )) AS text
    FROM ${ranked('lorebook_search', '20, 5, 1')} JOIN lorebooks ON lorebooks.position = place
    WHERE deleted_at IS NULL ORDER BY rank LIMIT @limit OFFSET @offset`)
  return ({ terms, limit, offset }) => {
    const snippets = snippetsOf(terms.all)
    return statement
      .all({ match: matchAll(terms), limit, offset })
      .map((row) => hit('lorebook', row, snippets))
  }
}

function hit(kind: SearchKind, { id, title, at, text }: Found, snippets: Snippets): SearchHit {
  return { kind, id, title, at, snippet: [...snippets(text)] }
}
