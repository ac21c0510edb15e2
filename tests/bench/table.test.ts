import { describe, expect, it } from 'vitest'
import { lineOfRow, linesOf } from './line.ts'
import { short, tableOf } from './table.ts'

const QUIET = linesOf('pond', false)
const NOISY = linesOf('pond', true)
const SPREAD = [{ ours: [1, 2, 3], floor: [1, 1, 1] }]

describe('linesOf()', () => {
  it('passes what keeps to every part of its goal, and fails what breaks one', () => {
    expect(QUIET({ metric: 'depth', goal: { p50: 2, p99: 3, ratio: 2 } }, SPREAD)).toMatchObject({
      verdict: 'pass',
      goal: 'p50 ≤ 2, p99 ≤ 3, ratio ≤ 2',
    })
    expect(QUIET({ metric: 'depth', goal: { p99: 2.9 } }, SPREAD).verdict).toBe('fail')
    expect(QUIET({ metric: 'depth', goal: { ratio: 1.9 } }, SPREAD).verdict).toBe('fail')
  })

  it('fails a goal about which nothing was measured', () => {
    expect(QUIET({ metric: 'depth', goal: { p50: 2 } }, [{ ours: [] }]).verdict).toBe('fail')
    expect(QUIET({ metric: 'depth', goal: { ratio: 2 } }, [{ ours: [1] }]).verdict).toBe('fail')
  })

  it('does not judge time on a noisy machine, but faults all the same', () => {
    expect(NOISY({ metric: 'depth', goal: { p50: 9 } }, SPREAD).verdict).toBe('machine too noisy')
    expect(NOISY({ metric: 'faults', goal: { p50: 0 }, isTimed: false }, SPREAD).verdict).toBe('fail')
    expect(NOISY({ metric: 'depth' }, SPREAD).verdict).toBe('info')
  })
})

describe('tableOf()', () => {
  it('shows the floor beside ours, and a p99 only where there is one', () => {
    const single = { scenario: 'hill', metric: 'height', ours: 4, floorName: 'plain', floor: 2, goal: '≤ 5' }
    const [, , pond, hill] = tableOf([
      QUIET({ metric: 'depth', floorName: 'puddle', goal: { p50: 2 } }, SPREAD),
      lineOfRow({ ...single, verdict: 'pass' }),
    ])
      .split('\n')
      .map((row) => row.split('|').map((cell) => cell.trim()))
    expect(pond).toEqual(['', 'pond', 'depth', '2', '3', 'puddle', '1', '1', '2', '≤ 2', 'pass', ''])
    expect(hill).toEqual(['', 'hill', 'height', '4', '', 'plain', '2', '', '2', '≤ 5', 'pass', ''])
  })
})

describe('short()', () => {
  it('keeps three significant digits and whole numbers whole', () => {
    expect([0.012_345, 1.5, 99.95, 15_658.4, NaN].map(short)).toEqual(['0.0123', '1.5', '100', '15658', '–'])
  })
})
