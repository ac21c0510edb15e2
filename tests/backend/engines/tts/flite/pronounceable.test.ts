import { expect, test } from 'vitest'
import { isPause, pronounceable } from '../../../../../backend/engines/tts/flite/pronounceable.ts'

test.each([
  ['Hello,', 'Hello,'],
  ['don’t', "don't"],
  ['“Well”', 'Well'],
  ['word—word', 'word, word'],
  ['end—', 'end,'],
  ['1990–2000', '1990 to 2000'],
  ['well-known', 'well-known'],
  ['-5', 'minus 5'],
  ['−5', 'minus 5'],
  ['naïve…', 'naive,'],
  ['wait...what', 'wait, what'],
  ['café', 'cafe'],
  ['Łódź', 'lodz'],
  ['Straße', 'Strasse'],
  ['*sigh*', 'sigh'],
  ['snake_case', 'snake case'],
  ['<b>hi</b>', 'b hi b'],
  ['and/or', 'and or'],
  ['R&D', 'R and D'],
  ['a@b.com', 'a at b.com'],
  ['C++', 'C plus plus'],
  ['a,b', 'a, b'],
  ['1,000', '1,000'],
  ['3:45', '3:45'],
  ['$5.50', '$5.50'],
  ['50%', '50%'],
  ['20°', '20 degrees'],
  ['½', 'half'],
  ['ﬁne', 'fine'],
  ['𝓗𝓮𝓵𝓵𝓸', 'Hello'],
  ['🙂ok', 'ok'],
  ['\u0000\uD800x', 'x'],
])('pronounceable(%j) is %j', (token, reading) => {
  expect(pronounceable(token)).toBe(reading)
})

test.each(['', '—', '...', '?!', '😀', '👨‍👩‍👧', '中文', 'Привет', '"', '\\', '-', '***', '\uFEFF'])(
  'pronounceable(%j) is silent',
  (token) => {
    expect(pronounceable(token)).toBe('')
  },
)

test('pronounceable() gives printable ASCII for any character', () => {
  const characters = Array.from({ length: 0x1_ff_ff }, (_, codePoint) => String.fromCodePoint(codePoint))
  const unreadable = characters.filter((character) => !/^a[\x20-\x7e]*$/.test(pronounceable(`a${character}`)))
  expect(unreadable).toEqual([])
})

test('pronounceable() breaks up what is too long for one word', () => {
  const parts = pronounceable('x'.repeat(95)).split(' ')
  expect(parts.map((part) => part.length)).toEqual([40, 40, 15])
  expect(
    pronounceable('a.b'.repeat(40))
      .split(' ')
      .every((part) => part.length <= 40),
  ).toBe(true)
})

test('isPause() hears dashes, dots and commas that stand alone', () => {
  expect(['—', '-', '...', ',', '…'].every((token) => isPause(token))).toBe(true)
  expect(['😀', '"', '&'].some((token) => isPause(token))).toBe(false)
})
