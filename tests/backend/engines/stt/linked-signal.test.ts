import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LinkedSignal } from '../../../../backend/engines/stt/linked-signal.ts'
import { settled } from '../../../fakes/fake-clock.ts'

let warnings: Error[]
const take = (warning: Error): void => void warnings.push(warning)
beforeEach(() => {
  warnings = []
  process.on('warning', take)
})
afterEach(() => void process.off('warning', take))

describe('a linked signal', () => {
  it('aborts when one of the others does, and says why', () => {
    const sources = [new AbortController(), new AbortController()]
    using linked = new LinkedSignal(...sources.map(({ signal }) => signal))
    expect(linked.signal.aborted).toBe(false)
    sources[1]?.abort(new Error('Over'))
    expect(linked.signal.reason).toEqual(new Error('Over'))
  })

  it('warns nobody of a leak when many hang on one', async () => {
    const { signal } = new AbortController()
    const linked = Array.from({ length: 100 }, () => new LinkedSignal(signal))
    await settled()
    expect(warnings).toEqual([])
    for (const one of linked) one[Symbol.dispose]()
  })
})
