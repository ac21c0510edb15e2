import { expect, it } from 'vitest'
import { findFaultySeed } from '../support/interleavings.ts'

it(
  'nothing old follows an acknowledgement, and turns end once: part 1 of 4',
  { timeout: 900_000 },
  async () => {
    expect(await findFaultySeed({ from: 0, count: 25_000 })).toBeUndefined()
  },
)
