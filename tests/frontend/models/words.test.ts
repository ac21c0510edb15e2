import { describe, expect, it } from 'vitest'
import { type RunnerInfo } from '#shared/entities.ts'
import {
  bytes,
  duration,
  fileName,
  figuresOf,
  stateWords,
} from '../../../frontend/src/components/models/models-words.ts'
import { withRunner } from '../../../frontend/src/components/models/use-models.ts'
import { linesWith } from '../../../frontend/src/components/models/use-logs.ts'
import { keyIn } from '../../../frontend/src/components/models/use-runner-form.ts'
import { readWritten, writtenAs } from '../../../frontend/src/components/models/written.ts'

const NOW_MS = Date.parse('2026-01-01T12:00:00.000Z')
const soon = (ms: number) => new Date(NOW_MS + ms).toISOString()
const line = (text: string) => ({ at: soon(0), stream: 'err' as const, text })
const runner: RunnerInfo = {
  id: 'nova',
  kind: 'llama',
  offers: ['chat'],
  aliases: [],
  state: 'ready',
  is_pinned: false,
  active: 0,
  queued: 0,
  max_parallel: 2,
  restarts: 0,
}

describe('amounts', () => {
  it('are said in the unit that suits them', () => {
    expect([4_730_000_000, 12_400_000, 5_300, 12].map(bytes)).toEqual(['4.7 GB', '12 MB', '5 kB', '0 kB'])
  })

  it('of time count down to nothing, not below', () => {
    expect([-5_000, 11_200, 245_000, 9_000_000].map(duration)).toEqual(['0 s', '12 s', '4:05 min', '2:30 h'])
  })

  it('of paths are their last part', () => {
    expect(fileName('/a/b.gguf')).toBe('b.gguf')
    expect(fileName('C:\\a\\b.gguf')).toBe('b.gguf')
  })
})

describe('what is told of a runner', () => {
  it('is how long it stays, and how fast it is', () => {
    const figures = figuresOf(
      { ...runner, active: 1, tokens_per_second: 41.26, expires_at: soon(65_000) },
      NOW_MS,
    )
    expect(figures).toEqual(['answering 1 of 2', '41.3 tokens/s', 'leaves in 1:05 min'])
  })

  it('is who waits, and how often it came back', () => {
    const told = figuresOf({ ...runner, active: 2, queued: 3, restarts: 1, is_pinned: true }, NOW_MS)
    expect(told).toEqual(['answering 2 of 2', '3 waiting', 'pinned, stays', 'restarted: 1'])
  })

  it('is little where it does not run', () => {
    expect(figuresOf({ ...runner, state: 'stopped' }, NOW_MS)).toEqual([])
  })

  it('is when it is tried again, until that has come', () => {
    const failed = { ...runner, state: 'failed' as const, retry_at: soon(4_500) }
    expect(stateWords(failed, NOW_MS)).toBe('Failed; tried again in 5 s')
    expect(stateWords(failed, NOW_MS + 10_000)).toBe('Failed')
    expect(stateWords({ ...runner, state: 'starting', progress: 0.4 }, NOW_MS)).toBe('Starting, 40%')
  })
})

describe('the list of runners', () => {
  it('is changed in its place, grows at its end, and loses who is gone', () => {
    const other = { ...runner, id: 'star' }
    const busy = { ...runner, active: 1 }
    expect(withRunner([runner, other], { type: 'runner', data: busy })).toEqual([busy, other])
    expect(withRunner([runner], { type: 'runner', data: other })).toEqual([runner, other])
    expect(withRunner([runner, other], { type: 'runner_gone', data: { id: 'nova' } })).toEqual([other])
  })
})

describe('the log', () => {
  it('is filtered by words, upper and lower case alike', () => {
    const lines = [line('Loading model'), line('listening')]
    expect(linesWith(lines, ' MODEL ')).toEqual([lines[0]])
    expect(linesWith(lines, ' ')).toEqual(lines)
  })
})

describe('parameters that are written', () => {
  it('are lists line by line', () => {
    expect(readWritten(' a \n\n b', false)).toEqual({ value: ['a', 'b'], isBroken: false })
    expect(writtenAs(['a', 'b'], false)).toBe('a\nb')
    expect(readWritten(' ', false)).toEqual({ value: undefined, isBroken: false })
  })

  it('are JSON where they are more than that, and wait until they are whole', () => {
    expect(readWritten('{"A": "1"}', true)).toEqual({ value: { A: '1' }, isBroken: false })
    expect(readWritten('{"A": ', true)).toMatchObject({ isBroken: true })
    expect(writtenAs({ A: '1' }, true)).toBe('{\n  "A": "1"\n}')
  })

  it('are found in what the server says of them', () => {
    expect(keyIn('The runners file /x is not right: "runners.0.args.1": is decided by Troupe')).toBe('args')
    expect(keyIn('There is no connection to the server')).toBeUndefined()
  })
})
