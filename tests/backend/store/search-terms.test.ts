import { expect, it } from 'vitest'
import { matchAll, searchTerms } from '../../../backend/store/sqlite/search-terms.ts'

const match = (typed: string): string | undefined => matchAll(searchTerms(typed))

it('asks for every word and leaves the last one open', () => {
  expect(match('the storm is ne')).toBe('("the" AND "storm" AND "is" AND "ne"*)')
})

it('takes operators of the index for words', () => {
  expect(match('a OR (b* NEAR c)')).toBe('("a" AND "OR" AND "b" AND "NEAR" AND "c"*)')
})

it('takes what stands in quotes as it is, also while it is being typed', () => {
  expect(match('"dark and" sto')).toBe('("dark and" AND "sto"*)')
  expect(match('"dark and sto')).toBe('("dark and sto"*)')
  expect(match('"dark and sto"')).toBe('("dark and sto")')
})

it('leaves out what has a minus before it', () => {
  expect(match('tea -milk -"two sugars"')).toBe('(("tea") NOT ("milk" OR "two sugars"))')
  expect(match('-milk')).toBeUndefined()
})

it('asks for letters of scripts without spaces in pairs, and for a single one as a beginning', () => {
  expect(match('紅茶')).toBe('("紅茶")')
  expect(match('紅')).toBe('("紅"*)')
  expect(match('私は紅茶')).toBe('("私は は紅 紅茶")')
  expect(match('GPT紅茶 50%')).toBe('("GPT 紅茶" AND "50"*)')
})

it('finds tags and creators beside the words', () => {
  const { all, fields } = searchTerms('noir tag:Krimi -tag:"Slow Burn" creator:Zoë')
  expect(all).toHaveLength(1)
  expect(fields).toEqual([
    { name: 'tag', value: 'krimi', isExcluded: false, isOpen: false },
    { name: 'tag', value: 'slow burn', isExcluded: true, isOpen: false },
    { name: 'creator', value: 'zoe', isExcluded: false, isOpen: true },
  ])
})

it.each(['', ' ', '"', '%_', '🎭', '\u0301', '-', 'tag:', '""'])('finds no word in %j', (typed) => {
  expect(match(typed)).toBeUndefined()
})
