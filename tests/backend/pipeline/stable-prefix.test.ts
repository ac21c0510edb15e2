import { describe, expect, test } from 'vitest'
import {
  keepsPrefix,
  NOTHING_STABLE,
  withPartial,
  type StablePrefix,
} from '../../../backend/pipeline/stable-prefix.ts'
import { SeededRandom } from '../../support/seeded-random.ts'

function after(...partials: readonly string[]): StablePrefix {
  return partials.reduce(withPartial, NOTHING_STABLE)
}

function stableAfter(...partials: readonly string[]): string {
  return after(...partials).words.join(' ')
}

describe('withPartial()', () => {
  test('calls nothing stable before three partial texts agree', () => {
    expect(stableAfter('good morning to', 'good morning to you')).toBe('')
  })

  test('calls the common beginning of three partial texts stable, without the word being said', () => {
    expect(stableAfter('good morning to', 'good morning to', 'good morning to you')).toBe('good morning')
  })

  test('stops at the first word that differs', () => {
    expect(stableAfter('a good day to you', 'a good bay to you', 'a good day to you')).toBe('a good')
  })

  test('grows as the speech goes on', () => {
    expect(stableAfter('one two', 'one two three', 'one two three four', 'one two three four five')).toBe(
      'one two',
    )
  })

  test('never takes a word back', () => {
    const stable = after('one two three', 'one two three', 'one two three')
    expect(stable.words).toEqual(['one', 'two'])
    const contradicted = ['won too three four', 'won too three four', 'won too three four', ''].reduce(
      withPartial,
      stable,
    )
    expect(contradicted.words).toEqual(['one', 'two'])
  })

  test('does not mind letter case and punctuation, and keeps the spelling once shown', () => {
    const partials = ['Well i', 'well, I am', 'Well. I am']
    expect(stableAfter(...partials)).toBe('Well.')
    expect(stableAfter(...partials, 'well I am here', 'well, I am here.')).toBe('Well. I')
  })

  test('only ever grows, whatever the partial texts', () => {
    const random = new SeededRandom(7)
    const word = (): string => ['a', 'b', 'c'][random.below(3)] ?? ''
    let stable = NOTHING_STABLE
    for (let round = 0; round < 5000; round += 1) {
      const text = Array.from({ length: random.below(8) }, word).join(' ')
      const next = withPartial(stable, text)
      expect(next.words.slice(0, stable.words.length)).toEqual(stable.words)
      stable = next
    }
  })
})

describe('keepsPrefix()', () => {
  const stable = after('one two three', 'one two three', 'one two three')

  test.each(['one two', 'One, two — and three.'])('accepts %j', (text) => {
    expect(keepsPrefix(stable, text)).toBe(true)
  })

  test.each(['', 'one', 'one too three', 'and one two three'])('notices that %j contradicts', (text) => {
    expect(keepsPrefix(stable, text)).toBe(false)
  })
})
