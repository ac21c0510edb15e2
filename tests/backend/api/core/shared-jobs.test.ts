import { describe, expect, test } from 'vitest'
import { collected } from '../../../support/collected.ts'
import { SharedJobs } from '../../../../backend/api/core/shared-jobs.ts'
import { deferred } from '../../../../backend/lib/deferred.ts'

interface Step {
  readonly step: number
}

const never = new AbortController().signal

describe('Work that several ask for', () => {
  test('is done once, and everybody is told of it', async () => {
    const jobs = new SharedJobs<Step>()
    const done = deferred()
    let begun = 0
    const work = async (onProgress: (progress: Step) => void): Promise<void> => {
      begun += 1
      onProgress({ step: 1 })
      await done.promise
      onProgress({ step: 2 })
    }
    const first = collected(jobs.follow('a', work, never))
    const second = collected(jobs.follow('a', work, never))
    done.resolve()
    expect(await first).toEqual([{ step: 1 }, { step: 2 }])
    expect(await second).toEqual([{ step: 1 }, { step: 2 }])
    expect(begun).toBe(1)
    await collected(jobs.follow('a', work, never))
    expect(begun).toBe(2)
  })

  test('fails for everybody', async () => {
    const jobs = new SharedJobs<Step>()
    const failing = collected(jobs.follow('a', () => Promise.reject(new Error('no such model')), never))
    await expect(failing).rejects.toThrow('no such model')
  })

  test('goes on while one waits for it, and is stopped when nobody does', async () => {
    const jobs = new SharedJobs<Step>()
    const stopped = deferred()
    const work = async (_onProgress: unknown, signal: AbortSignal): Promise<void> => {
      signal.addEventListener('abort', () => stopped.resolve(), { once: true })
      await stopped.promise
    }
    const [one, other] = [new AbortController(), new AbortController()]
    const first = collected(jobs.follow('a', work, one.signal))
    const second = collected(jobs.follow('a', work, other.signal))
    one.abort(new Error('gone'))
    await expect(first).rejects.toThrow('gone')
    other.abort(new Error('gone, too'))
    await expect(second).rejects.toThrow('gone, too')
    await expect(stopped.promise).resolves.toBeUndefined()
  })
})
