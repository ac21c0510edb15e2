import { expect, test } from 'vitest'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { call, contextOf, toolBox } from './support.ts'

const NEW_YEAR = 'Tuesday 1 January 2030'

test.each([
  [{}, 'UTC', `${NEW_YEAR}, 00:00 in UTC`],
  [{}, 'Europe/Berlin', `${NEW_YEAR}, 01:00 in Europe/Berlin`],
  [{ time_zone: 'Asia/Tokyo' }, 'UTC', `${NEW_YEAR}, 09:00 in Asia/Tokyo`],
  [{ time_zone: 'new york' }, 'UTC', 'Monday 31 December 2029, 19:00 in America/New_York'],
  [{ time_zone: ' ' }, 'UTC', `${NEW_YEAR}, 00:00 in UTC`],
])('current_time with %j on a server in %s tells %s', async (args, timeZone, told) => {
  const { result } = await call('current_time', args, { box: toolBox({}, { timeZone }) })
  // Some versions of Node.js set a comma behind the weekday.
  expect(result.replace('day,', 'day')).toBe(told)
})

test('current_time says what a time zone has to look like', async () => {
  const use = await call('current_time', { time_zone: 'Atlantis' }, { box: toolBox() })
  expect(use).toMatchObject({
    is_error: true,
    result: 'There is no time zone "Atlantis"; use an IANA name such as Europe/Berlin.',
  })
})

/** Dice that fall as given, one after another. */
function falling(sides: number, values: readonly number[]): () => number {
  const rest = [...values]
  return () => ((rest.shift() ?? 1) - 1) / sides
}

test.each([
  ['d20', falling(20, [20]), 'rolled 20; the result is 20'],
  ['2d6+3', falling(6, [4, 2]), 'rolled 4, 2, + 3; the result is 9'],
  ['2D6 - 10', falling(6, [1, 1]), 'rolled 1, 1, - 10; the result is -8'],
  ['d%', falling(100, [100]), 'rolled 100; the result is 100'],
  ['4d6kh3', falling(6, [1, 6, 3, 5]), 'rolled 1, 6, 3, 5, counted 6, 5, 3; the result is 14'],
  ['2d20kl', falling(20, [17, 4]), 'rolled 17, 4, counted 4; the result is 4'],
])('roll_dice rolls %s', async (dice, random, told) => {
  const context = contextOf({ random, clock: new FakeClock() })
  const { result } = await call('roll_dice', { dice }, { box: toolBox(), context })
  expect(result).toBe(`${dice}: ${told}`)
})

test('roll_dice throws every side about as often as any other', async () => {
  const counts = new Map<string, number>()
  const options = { box: toolBox(), context: contextOf() }
  for (let round = 0; round < 60; round++) {
    const { result } = await call('roll_dice', { dice: '100d6' }, options)
    for (const value of /rolled ([\d, ]+);/.exec(result)?.[1]?.split(', ') ?? []) {
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
  }
  expect([...counts.keys()].toSorted()).toEqual(['1', '2', '3', '4', '5', '6'])
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(120)
})

test.each([
  ['0d6', 'roll 1 to 100'],
  ['101d6', 'roll 1 to 100'],
  ['2d1', '2 to 1000 sides'],
  ['2d1001', '2 to 1000 sides'],
  ['2d6kh3', 'keep at least one'],
  ['2d6kh0', 'keep at least one'],
  ['99999999d6', 'write them like'],
  ['2d6+2d8', 'write them like'],
  ['', 'write them like'],
  ['d', 'write them like'],
])('roll_dice refuses %j', async (dice, sentence) => {
  const use = await call('roll_dice', { dice }, { box: toolBox() })
  expect(use).toMatchObject({ is_error: true, result: expect.stringContaining(sentence) })
})
