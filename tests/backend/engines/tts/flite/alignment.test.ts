import { expect, test } from 'vitest'
import { alignWords } from '../../../../../backend/engines/tts/flite/alignment.ts'

/** Phones of 0.1 s each; `|` marks where the next word of the truth begins. */
function phonesOf(text: string) {
  const names = text.split(/[\s|]+/)
  return names.map((name, index) => ({ name, endSeconds: (index + 1) / 10 }))
}

/** The phones of each word, as the alignment sees them. */
function heard(readings: string, phones: string): string {
  const list = phonesOf(phones)
  const spans = alignWords(readings.split(' '), list)
  return spans
    .map(({ start, end }) =>
      list
        .filter(({ endSeconds }) => endSeconds > start + 0.05 && endSeconds < end + 0.05)
        .map(({ name }) => name)
        .join(' '),
    )
    .join(' | ')
}

test.each([
  ['Well, I would say so.', 'w eh l | ay | w uh d | s ey | s ow'],
  ['the old dragon', 'dh ax | ow l d | d r ae g ax n'],
  [
    'nobody else in this house ever does',
    'n ow b aa d iy | eh l s | ih n | dh ax s | hh aw s | eh v er | d ah z',
  ],
  ['while one thousand', 'w ay l | w ah n | th aw z ax n d'],
  ['the knight write his psalm', 'dh ax | n ay t | r ay t | hh ih z | s aa m'],
  ['thorough thought though rough', 'th er ow | th ao t | dh ow | r ah f'],
  ['six boxes', 's ih k s | b aa k s ih z'],
  ['your queue', 'y ao r | k y uw'],
  ['launched at 3:45 pm.', 'l ao n ch t | ae t | th r iy f ao r t iy f ay v | p iy eh m'],
  ['for 42 cats', 'f ao r | f ao r t iy t uw | k ae t s'],
  ['NASA or the BBC', 'n ae s ax | ao r | dh ax | b iy b iy s iy'],
  ['Dr. Smith', 'd aa k t er | s m ih th'],
  ['50% of', 'f ih f t iy p er s eh n t | ah v'],
])('alignWords() finds the words of %j', (readings, phones) => {
  expect(heard(readings, phones)).toBe(phones)
})

test('alignWords() leaves pauses to no word', () => {
  const spans = alignWords(['Well,', 'so.'], phonesOf('pau w eh l pau s ow pau'))
  expect(spans).toEqual([
    { start: 0.1, end: 0.4 },
    { start: 0.5, end: 0.7 },
  ])
})

test('alignWords() puts a silent word where it would be heard', () => {
  const [first, silent, last] = alignWords(['Well,', '', 'so.'], phonesOf('pau w eh l pau s ow pau'))
  expect(silent).toEqual({ start: first?.end, end: first?.end })
  expect(last).toEqual({ start: 0.5, end: 0.7 })
  expect(alignWords(['', 'so.'], phonesOf('pau s ow pau'))[0]).toEqual({ start: 0.1, end: 0.1 })
})

test('alignWords() gives a span for each word whatever the phones are', () => {
  expect(alignWords(['Well,', 'so.'], [])).toHaveLength(2)
  expect(alignWords(['one', 'two', 'three'], phonesOf('pau w'))).toHaveLength(3)
  expect(alignWords([], phonesOf('pau'))).toEqual([])
})
