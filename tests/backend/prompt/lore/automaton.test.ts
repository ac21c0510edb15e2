import { describe, expect, it } from 'vitest'
import { Automaton } from '../../../../backend/prompt/lore/automaton.ts'
import { SeededRandom } from '../../../support/seeded-random.ts'

function found(keys: readonly string[], text: string): string[] {
  const hits: string[] = []
  new Automaton(keys).scan(text, (key, start, end) => hits.push(`${keys[key]}@${start}-${end}`))
  return hits.toSorted()
}

describe('Automaton', () => {
  it('finds keys in keys, and keys that overlap', () => {
    expect(found(['he', 'she', 'his', 'hers'], 'ushers')).toEqual(['he@2-4', 'hers@2-6', 'she@1-4'])
  })

  it('finds nothing without keys, or without text', () => {
    expect(found([], 'text')).toEqual([])
    expect(found(['a'], '')).toEqual([])
  })

  it('finds letters beyond the basic plane', () => {
    expect(found(['😀', '竜'], 'a😀竜')).toEqual(['竜@3-4', '😀@1-3'].toSorted())
  })

  it('finds what searching for each key alone finds', () => {
    const random = new SeededRandom(3)
    const word = (most: number): string =>
      Array.from({ length: 1 + random.below(most) }, () => 'abc'.charAt(random.below(3))).join('')
    for (let round = 0; round < 200; round += 1) {
      const keys = [...new Set(Array.from({ length: 8 }, () => word(5)))]
      const text = word(60)
      const expected = keys.flatMap((key) =>
        Array.from({ length: text.length }, (_, start) => start)
          .filter((start) => text.startsWith(key, start))
          .map((start) => `${key}@${start}-${start + key.length}`),
      )
      expect(found(keys, text)).toEqual(expected.toSorted())
    }
  })
})
