import { expect, it } from 'vitest'
import { soundsUnfinished } from '../../../../backend/api/realtime/sounds-unfinished.ts'

it.each([
  'i would like a cup of',
  'I was there, and',
  'Well,',
  'and then …',
  "I think we're",
  'uh',
  'ich hätte gern einen',
  'das ist so, weil',
])('somebody who says "%s" goes on', (text) => {
  expect(soundsUnfinished(text)).toBe(true)
})

it.each([
  'what is the time',
  'turn it on',
  'yes I do',
  'come in',
  'Is that all?',
  'He said “stop.”',
  'mach das Licht an',
  'kennst du das',
  '今何時ですか。',
])('somebody who says "%s" has finished', (text) => {
  expect(soundsUnfinished(text)).toBe(false)
})
