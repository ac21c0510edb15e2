import { describe, expect, it } from 'vitest'
import { assemblePrompt } from '../../../../backend/prompt/assemble-prompt.ts'
import { regexKey } from '../../../../backend/prompt/lore/key-regex.ts'
import { lorebook, promptInput, said, written } from '../../../support/prompts.ts'

/** Far above what any of these needs, far below what a backtracking engine needs for the first of them. */
const SOON_MS = 30_000

function told(keys: readonly string[], text: string, more = {}) {
  const lorebooks = [lorebook([{ keys: [...keys], content: 'Told.', ...more }])]
  const startMs = performance.now()
  const prompt = assemblePrompt(promptInput({ lorebooks, history: [said('Sam', text)] }))
  expect(performance.now() - startMs).toBeLessThan(SOON_MS)
  return prompt
}

describe('keys that strangers wrote', () => {
  it.each([
    ['/^(a+)+$/', `${'a'.repeat(2_000)}!`],
    ['/(a|aa)+$/', `${'a'.repeat(2_000)}!`],
    ['/(.*?,){11}P/', ','.repeat(5_000)],
    ['/(x+x+)+y/', 'x'.repeat(5_000)],
    ['/((a{1,30}){1,30}){1,30}/', 'a'.repeat(2_000)],
    ['/(?:\\pL{1,999}c)/', 'a'.repeat(2_000)],
  ])('%s ends soon, whatever it is searched for in', (key, text) => {
    expect(written(told([key], text))).not.toContain('Told.')
  })

  it('all of them share one budget: what would exceed it is not searched for', () => {
    const slow = Array.from({ length: 400 }, (_, index) => `/(\\w+\\s){0,20}nothing${index}/`)
    expect(written(told(['/(\\w+\\s){0,20}word/'], 'word '.repeat(1_500)))).toContain('Told.')
    expect(written(told([...slow, '/(\\w+\\s){0,20}word/'], 'word '.repeat(1_500)))).not.toContain('Told.')
  })

  it('unusable ones are named in the trace, and the other keys of the entry count', () => {
    const unusable = told(['/(?<year>\\d{4}/'], 'Hello')
    expect(unusable.trace.parts.find(({ name }) => name === 'lorebook')).toMatchObject({
      included: false,
      reason: expect.stringMatching(/no regular expression/),
    })
    expect(written(told(['/(broken/', 'hello'], 'Hello'))).toContain('Told.')
  })

  it('flags, escapes and words at the end work as in cards', () => {
    expect(regexKey('plain words')).toBeUndefined()
    expect(regexKey('/a/b')).toMatchObject({ stepsPerCharacter: expect.any(Number) })
    const tests = [
      ['/DRAGON/i', 'the dragon', true],
      ['/DRAGON/', 'the dragon', false],
      ['/^b/m', 'a\nb', true],
      ['/a.b/s', 'a\nb', true],
      ['/\\u00e9t[ée]/u', 'été', true],
      ['/(?<!\\w)cat(?!\\w)/', 'a cat.', true],
      ['/(?<!\\w)cat(?!\\w)/', 'concat', false],
      ['/cat(?=\\W|$)/', 'cats', false],
    ] as const
    const found = tests.map(([key, text]) => {
      const regex = regexKey(key)
      return [key, text, regex && 'test' in regex && regex.test(text)]
    })
    expect(found).toEqual(tests)
  })

  it('entries that tell of each other in a circle are told once', () => {
    const entries = [
      { keys: ['a'], content: 'b c' },
      { keys: ['b'], content: 'a c' },
      { keys: ['c'], content: 'a b' },
    ]
    const lorebooks = [lorebook(entries, { is_recursive: true })]
    const { trace } = assemblePrompt(promptInput({ lorebooks, history: [said('Sam', 'a')] }))
    expect(trace.parts.filter(({ name }) => name === 'lorebook').map(({ text }) => text)).toEqual([
      'b c',
      'a c',
      'a b',
    ])
  })
})
