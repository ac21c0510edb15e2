import { expect, it } from 'vitest'
import { voiceNamed, voicesIn } from '../../../../backend/engines/tts/voice-list.ts'

it.each([
  ['names under "voices"', { voices: ['vivian', 'ryan'], uploaded_voices: [] }],
  ['a bare list of names', ['vivian', 'ryan']],
  ['objects under "data"', { data: [{ id: 'vivian' }, { voice_id: 'ryan' }] }],
  ['objects with names', { voices: [{ name: 'vivian' }, { name: 'ryan' }] }],
  ['an object by name', { voices: { vivian: {}, ryan: {} } }],
])('voicesIn() reads %s', (_shape, answer) => {
  expect(voicesIn(answer)?.map(({ id }) => id)).toEqual(['vivian', 'ryan'])
})

it('voicesIn() keeps what the server tells of a voice', () => {
  const told = { id: 'de_f1', name: 'Käthe', language: 'de-DE', gender: 'Female', description: 'warm' }
  expect(voicesIn({ voices: [told] })).toEqual([
    { id: 'de_f1', name: 'Käthe', language: 'de-DE', gender: 'female', description: 'warm' },
  ])
})

it('voicesIn() leaves out what names no voice, and voices named twice', () => {
  expect(voicesIn({ voices: ['a', '', 7, null, 'a', { id: 'x'.repeat(900) }] })).toEqual([
    { id: 'a', name: 'A' },
  ])
})

it.each([undefined, null, 'voices', 7, {}, { voices: 'all' }, { voices: [1, 2] }])(
  'voicesIn() finds no list in %j',
  (answer) => {
    expect(voicesIn(answer)).toBeUndefined()
  },
)

it.each([
  ['af_heart', { name: 'Heart', language: 'en-US', gender: 'female' }],
  ['bm_george', { name: 'George', language: 'en-GB', gender: 'male' }],
  ['de-DE-KatjaNeural', { name: 'KatjaNeural', language: 'de-DE' }],
  ['en_GB-alba-medium', { name: 'Alba medium', language: 'en-GB' }],
  ['alloy', { name: 'Alloy' }],
])('voiceNamed() reads from %s what it says', (id, told) => {
  expect(voiceNamed(id)).toEqual({ id, ...told })
})
