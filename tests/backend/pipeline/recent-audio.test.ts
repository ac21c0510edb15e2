import { expect, test } from 'vitest'
import { RecentAudio } from '../../../backend/pipeline/recent-audio.ts'

test('RecentAudio gives back the last samples in order, whatever the lengths they came in', () => {
  const recent = new RecentAudio(5)
  const all: number[] = []
  for (const length of [1, 3, 0, 2, 5, 4, 9, 1, 5, 12]) {
    const chunk = Int16Array.from({ length }, (_, index) => all.length + index)
    recent.add(chunk)
    all.push(...chunk)
    expect([...recent.last(5)]).toEqual(all.slice(-5))
    expect([...recent.last(2)]).toEqual(all.slice(-2))
  }
})

test('RecentAudio gives what there is when more is asked for', () => {
  const recent = new RecentAudio(4)
  recent.add(Int16Array.of(7, 8))
  expect([...recent.last(Infinity)]).toEqual([7, 8])
  expect([...recent.last(-1)]).toEqual([])
})

test('RecentAudio forgets when cleared', () => {
  const recent = new RecentAudio(4)
  recent.add(Int16Array.of(7, 8))
  recent.clear()
  expect(recent.last(4)).toHaveLength(0)
})

test('RecentAudio of no length keeps nothing', () => {
  const recent = new RecentAudio(0)
  recent.add(Int16Array.of(7, 8))
  expect(recent.last(4)).toHaveLength(0)
})
