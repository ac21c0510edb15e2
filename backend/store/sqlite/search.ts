import { type SearchHit } from '#shared/entities.ts'
import { type RequestParams } from '#shared/protocol/requests.ts'
import { type Store } from '../contract.ts'
import { type Database } from './database.ts'
import { messageSearch } from './message-search.ts'
import { sourcesOf } from './search-sources.ts'
import { searchTerms } from './search-terms.ts'
import { explained } from './storage-errors.ts'

const PAGE_HITS = 50
/** Of each other kind, before the messages, when everything is searched. */
const FIRST_HITS = 5
const FIRST_KINDS = ['character', 'conversation', 'lorebook'] as const

export function sqliteSearch(database: Database): Store['search'] {
  const search = searcher(database)
  return async (question) => {
    try {
      return await search(question)
    } catch (thrown) {
      throw explained('search', thrown)
    }
  }
}

function searcher(database: Database): Store['search'] {
  const sources = sourcesOf(database)
  const messages = messageSearch(database)
  return async ({ query, kind, conversation_id, ...page }: RequestParams<'search'>): Promise<SearchHit[]> => {
    const { limit = PAGE_HITS, offset = 0 } = page
    const terms = searchTerms(query)
    if (terms.all.length === 0) return []
    if (kind === 'message' || conversation_id !== undefined) {
      return kind === undefined || kind === 'message'
        ? messages({ terms, limit, offset, conversation_id })
        : []
    }
    if (kind !== undefined) return sources[kind]({ terms, limit, offset })
    const first = FIRST_KINDS.flatMap((other) => sources[other]({ terms, limit: FIRST_HITS, offset: 0 }))
    const shown = first.slice(offset, offset + limit)
    const rest = { limit: limit - shown.length, offset: Math.max(0, offset - first.length) }
    return rest.limit === 0 ? shown : [...shown, ...(await messages({ terms, ...rest }))]
  }
}
