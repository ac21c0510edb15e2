import { describe, expect, test } from 'vitest'
import { fetcherOf, sourceOf } from '../../../../backend/api/core/fetch-model.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { FakeLanguageModel } from '../../../fakes/fake-language-model.ts'
import { FakeRunners } from '../../../fakes/fake-runners.ts'

const SOURCE = 'hf:owner/repo/tiny.gguf'
const never = new AbortController().signal

function stage() {
  const runners = new FakeRunners('local')
  const model = new FakeLanguageModel(new FakeClock())
  return {
    runners,
    fetch: fetcherOf({ model, runners }, SOURCE),
    other: fetcherOf({ model, runners }, 'llama3.1'),
  }
}

test.each([
  ['hf.co/owner/repo/tiny.gguf', SOURCE],
  ['huggingface.co/owner/repo/sub/tiny.GGUF', 'hf:owner/repo/sub/tiny.GGUF'],
  [SOURCE, SOURCE],
  ['https://example.org/tiny.gguf', 'https://example.org/tiny.gguf'],
  ['llama3.1:8b', undefined],
  ['hf.co/owner/repo:Q4_K_M', undefined],
])('%s is fetched from %s', (name, source) => {
  expect(sourceOf(name)).toBe(source)
})

describe('A file', () => {
  test('is fetched to this disk, and told of on its way', async () => {
    const { runners, fetch } = stage()
    const steps: unknown[] = []
    const fetched = fetch?.((progress) => steps.push(progress), never)
    runners.download({ done_bytes: 5, total_bytes: 10 })
    runners.download({ state: 'done', done_bytes: 10, total_bytes: 10 })
    await expect(fetched).resolves.toBeUndefined()
    expect(steps.at(-1)).toEqual({ status: 'pulling tiny.gguf', completedBytes: 5, totalBytes: 10 })
  })

  test('that cannot be had fails with the reason', async () => {
    const { runners, fetch } = stage()
    const fetched = fetch?.(() => {}, never)
    runners.download({ state: 'failed', error: 'The disk is full' })
    await expect(fetched).rejects.toThrow('The disk is full')
  })

  test('is fetched no further when nobody wants it, unless somebody else had begun', async () => {
    const { runners, fetch } = stage()
    const first = new AbortController()
    const fetched = fetch?.(() => {}, first.signal)
    const second = new AbortController()
    const watched = fetch?.(() => {}, second.signal)
    second.abort(new Error('enough'))
    await expect(watched).rejects.toThrow('enough')
    expect(runners.cancelled).toEqual([])
    first.abort(new Error('enough'))
    await expect(fetched).rejects.toThrow('enough')
    expect(runners.cancelled).toEqual(['download-1'])
  })
})

test('What is no file is for the model’s server, if that fetches anything', () => {
  expect(stage().other).toBeUndefined()
})
