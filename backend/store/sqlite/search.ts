import { type SearchHit, type SearchKind } from '#shared/entities.ts'
import { type RequestParams } from '#shared/protocol/requests.ts'
import { type Store } from '../contract.ts'
import { type Database } from './database.ts'
import { sourcesOf, type Source } from './search-sources.ts'
import { searchTerms } from './search-terms.ts'
import { attempt } from './storage-errors.ts'

const PAGE_HITS = 50
/** Of each other kind, before the messages, when everything is searched. */
const FIRST_HITS = 5
const ORDER: readonly SearchKind[] = ['character', 'conversation', 'lorebook']

export function sqliteSearch(database: Database): Store['search'] {
  const sources = sourcesOf(database)
  return async (question) => {
    const { all, none } = searchTerms(question.query)
    if (all.length === 0) return []
    const terms = { all, none }
    const range = { limit: question.limit ?? PAGE_HITS, offset: question.offset ?? 0 }
    return attempt('search', () => hitsOf(sources, { question, terms, range }))
  }
}

interface Search {
  readonly question: RequestParams<'search'>
  readonly terms: Parameters<Source>[0]['terms']
  readonly range: { readonly limit: number; readonly offset: number }
}

function hitsOf(
  sources: Readonly<Record<SearchKind, Source>>,
  { question, terms, range }: Search,
): SearchHit[] {
  const { kind, conversation_id } = question
  if (kind !== undefined) return sources[kind]({ terms, ...range, conversation_id })
  if (conversation_id !== undefined) return sources.message({ terms, ...range, conversation_id })
  const first = ORDER.flatMap((other) => sources[other]({ terms, limit: FIRST_HITS, offset: 0 }))
  const shown = first.slice(range.offset, range.offset + range.limit)
  const rest = {
    limit: range.limit - shown.length,
    offset: Math.max(0, range.offset - first.length),
  }
  return rest.limit === 0 ? shown : [...shown, ...sources.message({ terms, ...rest })]
}
