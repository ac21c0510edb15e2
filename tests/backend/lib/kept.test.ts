import { expect, test } from 'vitest'
import { Kept } from '../../../backend/lib/kept.ts'

test('what was made stays until one of the facts is another', () => {
  const kept = new Kept<number>()
  let made = 0
  const valueFor = (...facts: unknown[]): number => kept.of(facts, () => (made += 1))
  const list = ['a']
  expect([valueFor(list, 'x'), valueFor(list, 'x')]).toEqual([1, 1])
  expect([valueFor(['a'], 'x'), valueFor(list, 'x'), valueFor(list, undefined)]).toEqual([2, 3, 4])
})

test('a value that could not be made is tried again', () => {
  const kept = new Kept<string>()
  expect(() => kept.of([1], notNow)).toThrow('not now')
  expect(kept.of([1], () => 'now')).toBe('now')
})

function notNow(): string {
  throw new Error('not now')
}
