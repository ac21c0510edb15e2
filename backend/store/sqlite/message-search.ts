import { type SearchHit } from '#shared/entities.ts'
import { macrotask } from '../../lib/macrotask.ts'
import { type Database } from './database.ts'
import { matchAll, type SearchTerms } from './search-terms.ts'
import { snippetsOf } from './snippets.ts'

/** So many of what the index holds are looked at in one go; in between others have their turn. */
const PIECE = 500

interface WantedMessages {
  readonly terms: Pick<SearchTerms, 'all' | 'none'>
  readonly limit: number
  readonly offset: number
  /** Only what was said in this one. */
  readonly conversation_id?: string | undefined
}

type Row = Omit<SearchHit, 'kind' | 'snippet'> & { readonly text: string }

function prepare({ sqlite }: Database) {
  return {
    /** Newest first, straight from the index: it stops when it has enough, however common the words are. */
    candidates: sqlite
      .prepare<object, number>(
        `SELECT rowid FROM message_search WHERE message_search MATCH @match AND rowid < @below
         ORDER BY rowid DESC LIMIT @size`,
      )
      .pluck(),
    shown: sqlite
      .prepare<object, number>(
        `SELECT messages.position FROM json_each(@places) AS place
         JOIN messages ON messages.position = place.value
         JOIN conversations ON conversations.conversation_id = messages.conversation_id
         WHERE hidden_under IS NULL AND messages.deleted_at IS NULL AND conversations.deleted_at IS NULL
         ORDER BY messages.position DESC`,
      )
      .pluck(),
    rows: sqlite.prepare<object, Row>(
      `SELECT message_id AS id, name AS title, created_at AS at, content AS text, conversation_id,
         (SELECT id FROM characters WHERE characters.id = messages.character_id AND deleted_at IS NULL) AS character_id
       FROM messages WHERE position IN (SELECT value FROM json_each(@places)) ORDER BY position DESC`,
    ),
    conversation: sqlite
      .prepare<[string], number>(
        'SELECT position FROM conversations WHERE conversation_id = ? AND deleted_at IS NULL',
      )
      .pluck(),
  }
}

/** What was said, newest first. Never holds up anybody, however much there is and however little of it is shown. */
export function messageSearch(database: Database): (wanted: WantedMessages) => Promise<SearchHit[]> {
  const statements = prepare(database)
  return async ({ terms, limit, offset, conversation_id }) => {
    const place = conversation_id === undefined ? undefined : statements.conversation.get(conversation_id)
    if (conversation_id !== undefined && place === undefined) return []
    const inIt = place === undefined ? '' : ` AND place : "c${place}"`
    const match = `${matchAll(terms, 'content')}${inIt}`
    const shown: number[] = []
    let below = Number.MAX_SAFE_INTEGER
    for (let size = Math.min(PIECE, offset + limit); shown.length < offset + limit; size = PIECE) {
      const candidates = statements.candidates.all({ match, below, size })
      shown.push(...statements.shown.all({ places: JSON.stringify(candidates) }))
      below = candidates.at(-1) ?? 0
      if (candidates.length < size) break
      if (shown.length < offset + limit) await macrotask()
    }
    const page = shown.slice(offset, offset + limit)
    const snippets = snippetsOf(terms.all)
    return statements.rows
      .all({ places: JSON.stringify(page) })
      .map(({ text, ...row }) => ({ kind: 'message', ...row, snippet: [...snippets(text)] }))
  }
}
