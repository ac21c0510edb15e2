import { describe, expect, it } from 'vitest'
import { inRounds } from './rounds.ts'

/** A machine that is quiet or not as listed: before the first round, and after every one. */
function machine(...isQuiet: boolean[]) {
  return { isQuiet: async () => isQuiet.shift() ?? true }
}

function counting() {
  let rounds = 0
  return async () => (rounds += 1)
}

describe('inRounds()', () => {
  it('keeps every round on a quiet machine', async () => {
    const settings = { count: 3, repeats: 2, probe: machine() }
    expect(await inRounds(settings, counting())).toEqual({ results: [1, 2, 3], isNoisy: false })
  })

  it('repeats the round before noise and the one after it', async () => {
    const settings = { count: 2, repeats: 2, probe: machine(true, false, true, true) }
    expect(await inRounds(settings, counting())).toEqual({ results: [3, 4], isNoisy: false })
  })

  it('says that the machine is noisy when nothing is left to repeat', async () => {
    const settings = { count: 2, repeats: 1, probe: machine(false, false, false) }
    expect(await inRounds(settings, counting())).toEqual({ results: [2, 3], isNoisy: true })
  })

  it('repeats a round that says of itself that it is worth nothing', async () => {
    const settings = { count: 1, repeats: 3, probe: machine() }
    expect(await inRounds(settings, counting(), (round) => round < 3)).toEqual({
      results: [3],
      isNoisy: false,
    })
  })
})
