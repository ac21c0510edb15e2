import { expect, test } from 'vitest'
import { piecesOf, wordsOf, type Piece } from '../../../../../backend/engines/tts/flite/pieces.ts'

function pieces(text: string): Piece[] {
  return [...piecesOf(wordsOf(text))]
}

function readings(text: string): string[] {
  return pieces(text).map(({ units }) => units.map(({ reading }) => reading).join('|'))
}

test('wordsOf() splits at white space of any kind', () => {
  expect(wordsOf(' Well,\n I\u00A0would \t say 😀 ')).toEqual(['Well,', 'I', 'would', 'say', '😀'])
  expect(wordsOf(' ')).toEqual([])
})

test('piecesOf() keeps an ordinary sentence whole', () => {
  const [piece, ...others] = pieces('Well, I would say so, my friend.')
  expect(others).toEqual([])
  expect(piece?.ending).toBe('text')
})

test('piecesOf() ends the first piece of a long text at the last clause that fits', () => {
  const text =
    'Well, that is a long story, my dear friend, and nobody in this old house has ever told it properly.'
  expect(readings(text)).toEqual([
    'Well,|that|is|a|long|story,|my|dear|friend,',
    'and|nobody|in|this|old|house|has|ever|told|it|properly.',
  ])
  expect(pieces(text).map(({ ending }) => ending)).toEqual(['clause', 'text'])
})

test('piecesOf() does not end a piece after a single short word', () => {
  const text = `Oh, ${'and so on and on '.repeat(10)}they went, far away.`
  expect(pieces(text)[0]?.units.length).toBeGreaterThan(5)
})

test('piecesOf() cuts a clause that never ends', () => {
  const all = pieces('and then another word '.repeat(100))
  expect(all.slice(0, -1).every(({ ending }) => ending === 'cut')).toBe(true)
  expect(all.every(({ units }) => units.map(({ reading }) => reading).join(' ').length <= 180)).toBe(true)
})

test('piecesOf() turns a dash that stands alone into a pause, and keeps it as a word without sound', () => {
  expect(readings('Hello — there … 😀')).toEqual(['Hello,||there,||'])
  expect(readings('Hello, — there')).toEqual(['Hello,||there'])
})

test.each([
  ['sentences', 'I never said that, did I? '.repeat(400)],
  ['one word', 'abcdefgh'.repeat(1_250)],
  ['digits', '1234567890'.repeat(1_000)],
  ['percent signs', '%'.repeat(10_000)],
  ['emoji', '😀 '.repeat(3_000)],
  ['commas', 'a,'.repeat(5_000)],
])('piecesOf() holds every word of 10 kB of %s, in order and in small pieces', (_, text) => {
  const words = wordsOf(text)
  const all = pieces(text)
  const order = all.flatMap(({ units }) => units.map(({ word }) => word))
  expect(order).toEqual(order.toSorted((a, b) => a - b))
  expect([...new Set(order)]).toEqual([...words.keys()])
  for (const { units } of all) {
    const reading = units.map((unit) => unit.reading).join(' ')
    const spokenLetters = reading.length + 4 * reading.replaceAll(/[^\d$%]/g, '').length
    expect(spokenLetters).toBeLessThanOrEqual(210)
  }
})
