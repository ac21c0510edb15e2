import { expect, it } from 'vitest'
import { searchQuery } from '../../../backend/store/sqlite/search-query.ts'

it('searchQuery() asks for every word and leaves the last one open', () => {
  expect(searchQuery('the storm is ne')).toEqual({ kind: 'words', match: '"the" "storm" "is" "ne"*' })
})

it('searchQuery() takes operators and quotes for nothing', () => {
  expect(searchQuery('"a" OR (b* NEAR -c)')).toEqual({
    kind: 'words',
    match: '"a" "OR" "b" "NEAR" "c"*',
  })
})

it('searchQuery() looks for a passage in scripts without spaces', () => {
  expect(searchQuery('紅茶 50%')).toEqual({ kind: 'passage', pattern: '%紅茶%50%' })
})

it.each(['', ' ', '"', '%_', '🎭', '\u0301'])('searchQuery() finds no word in %j', (typed) => {
  expect(searchQuery(typed)).toBeUndefined()
})
