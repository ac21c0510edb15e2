import { expect, it } from 'vitest'
import { Pronunciations } from '../../../backend/pipeline/pronunciations.ts'
import { speakableOf, spokenWords } from '../../../backend/pipeline/speakable.ts'

function said(raw: string, entries: Readonly<Record<string, string>>): string {
  const pronunciations = new Pronunciations(
    Object.entries(entries).map(([written, spoken]) => ({ written, spoken })),
  )
  return speakableOf(spokenWords(raw, { runs: [{ role: 'own', end: raw.length }], pronunciations })).text
}

it.each([
  ['Siobhan and SIOBHAN, Siobhan’s.', { Siobhan: 'shivawn' }, 'shivawn and shivawn, shivawn’s.'],
  ['A cat in a category, concat.', { cat: 'feline' }, 'A feline in a category, concat.'],
  ['New York, York.', { York: 'yawk', 'New York': 'noo yawk' }, 'noo yawk, yawk.'],
  ['We met in New\nYork.', { 'New York': 'noo yawk' }, 'We met in noo yawk.'],
  ['I like C++ and C.', { 'C++': 'see plus plus', C: 'see' }, 'I like see plus plus and see.'],
  ['Straße, STRASSE', { Straße: 'shtrahsse' }, 'shtrahsse, STRASSE'],
  ['Zoe\u0301 met Zoé.', { Zoé: 'zo-ay' }, 'zo-ay met zo-ay.'],
  ['Ärger, ärger, Ärgernis', { ärger: 'erger' }, 'erger, erger, Ärgernis'],
  ['**Cthulhu** wakes', { cthulhu: 'kuh thoo loo' }, 'kuh thoo loo wakes'],
  ['我在東京工作。', { 東京: 'とうきょう' }, '我在とうきょう工作。'],
  ['AI東京 is', { 東京: 'Tokyo' }, 'AITokyo is'],
  ['One ahem two', { ahem: '' }, 'One two'],
  ['L’été', { "l'été": 'lay tay' }, 'lay tay'],
  ['No entry & no harm', {}, 'No entry and no harm'],
] as const)('of %j with %j is said %j', (raw, entries, expected) => {
  expect(said(raw, entries)).toBe(expected)
})

it('takes the first of two entries for one word', () => {
  const pronunciations = new Pronunciations([
    { written: 'Ana', spoken: 'one' },
    { written: 'ana', spoken: 'two' },
  ])
  expect(pronunciations.at('Ana', 0)).toEqual({ spoken: 'one', length: 3 })
})

it('finds its words among 2 000 entries in no time', () => {
  const entries = Array.from({ length: 2_000 }, (_, index) => ({ written: `word${index}`, spoken: 'x' }))
  const pronunciations = new Pronunciations(entries)
  const raw = 'word7 and word1999 and words '.repeat(1_000)
  const words = spokenWords(raw, { runs: [{ role: 'own', end: raw.length }], pronunciations })
  expect(words.filter(({ text }) => text === 'x')).toHaveLength(2_000)
})
