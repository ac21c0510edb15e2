import { type SearchHit, type SearchKind } from '#shared/entities.ts'
import { type Database } from './database.ts'
import { matchAll, type SearchTerms } from './search-terms.ts'
import { snippetsOf, type Snippets } from './snippets.ts'

/** Of the best of so many candidates one page is shown: ranking all of a common word would take too long. */
const MAX_CANDIDATES = 2_000

interface Wanted {
  readonly terms: Pick<SearchTerms, 'all' | 'none'>
  readonly limit: number
  readonly offset: number
  /** Only what was said in this one. */
  readonly conversation_id?: string | undefined
}

/** One page of what was found of one kind. */
export type Source = (wanted: Wanted) => SearchHit[]

export function sourcesOf(database: Database): Readonly<Record<SearchKind, Source>> {
  return {
    message: messageSource(database),
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

interface FoundMessage extends Found {
  readonly conversation_id: string
  readonly character_id: string | null
}

function messageSource({ sqlite }: Database): Source {
  const statement = sqlite.prepare<object, FoundMessage>(`
    SELECT message_id AS id, name AS title, messages.created_at AS at, messages.content AS text, messages.conversation_id,
      (SELECT id FROM characters WHERE characters.id = messages.character_id AND deleted_at IS NULL) AS character_id
    FROM message_search JOIN messages ON messages.position = message_search.rowid
    JOIN conversations ON conversations.conversation_id = messages.conversation_id
    WHERE message_search MATCH @match AND hidden_under IS NULL
      AND messages.deleted_at IS NULL AND conversations.deleted_at IS NULL
    ORDER BY message_search.rowid DESC LIMIT @limit OFFSET @offset`)
  const placeOf = sqlite
    .prepare<[string], number>('SELECT position FROM conversations WHERE conversation_id = ?')
    .pluck()
  return ({ terms, limit, offset, conversation_id }) => {
    const place = conversation_id === undefined ? undefined : placeOf.get(conversation_id)
    if (conversation_id !== undefined && place === undefined) return []
    const inIt = place === undefined ? '' : ` AND place : "c${place}"`
    const rows = statement.all({ match: `${matchAll(terms, 'content')}${inIt}`, limit, offset })
    const snippets = snippetsOf(terms.all)
    return rows.map(({ text, ...row }) => ({ kind: 'message', ...row, snippet: [...snippets(text)] }))
  }
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
      concat_ws(char(10), description, creator_notes, personality, scenario, first_message,
        tags, creator, alternate_greetings) AS text
    FROM ${ranked('character_search', '20, 8, 6, 3, 2, 1')} JOIN characters ON characters.position = place
    WHERE deleted_at IS NULL ORDER BY rank LIMIT @limit OFFSET @offset`)
  return ({ terms, limit, offset }) => {
    const snippets = snippetsOf(terms.all)
    return statement.all({ match: matchAll(terms), limit, offset }).map((row) => ({
      ...hit('character', row, snippets),
      character_id: row.id,
    }))
  }
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
