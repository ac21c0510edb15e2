import { describe, expect, test } from 'vitest'
import { type LanguageModel } from '../../../backend/engines/contracts.ts'
import { AppError } from '../../../backend/errors.ts'
import { systemClock } from '../../../backend/lib/clock.ts'
import { deferred } from '../../../backend/lib/deferred.ts'
import { FakeLanguageModel } from '../../fakes/fake-language-model.ts'
import { startTestApp } from '../../support/test-app.ts'

type Pull = (
  name: string,
  onProgress: (progress: { status: string; completedBytes?: number; totalBytes?: number }) => void,
  signal: AbortSignal,
) => Promise<void>

function modelThatPulls(pullModel: Pull): LanguageModel {
  return Object.assign(new FakeLanguageModel(systemClock), { pullModel })
}

function pull(url: string, body: unknown): Promise<Response> {
  return fetch(`${url}/api/models/pull`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

describe('GET /api/models', () => {
  test('lists what the language engine has', async () => {
    await using app = await startTestApp()
    const models: unknown = await (await fetch(`${app.url}/api/models`)).json()
    expect(models).toEqual([expect.objectContaining({ id: 'fake-model', is_default: true })])
  })

  test('needs the token, where one is needed', async () => {
    await using app = await startTestApp({ token: 'open-sesame' })
    expect((await fetch(`${app.url}/api/models`)).status).toBe(401)
    expect((await pull(app.url, { model: 'llama3.1' })).status).toBe(401)
  })
})

describe('POST /api/models/pull', () => {
  test('tells how far it is, line by line, and that it is done', async () => {
    const model = modelThatPulls((name, onProgress) => {
      onProgress({ status: `pulling ${name}`, completedBytes: 5, totalBytes: 10 })
      onProgress({ status: 'verifying' })
      return Promise.resolve()
    })
    await using app = await startTestApp({ engines: { model } })
    const response = await pull(app.url, { model: 'llama3.1' })
    const lines = (await response.text()).trim().split('\n')
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      { status: 'pulling llama3.1', completed_bytes: 5, total_bytes: 10 },
      { status: 'verifying' },
      { status: 'success' },
    ])
  })

  test('ends with the reason when it cannot be had', async () => {
    const missing = new AppError('engine_rejected', 'Ollama does not know the model "nope"')
    const model = modelThatPulls(() => Promise.reject(missing))
    await using app = await startTestApp({ engines: { model } })
    const text = await (await pull(app.url, { model: 'nope' })).text()
    expect(JSON.parse(text)).toEqual({ error: missing.message, code: 'engine_rejected' })
  })

  test('stops when whoever asked for it is gone', async () => {
    const stopped = deferred()
    const model = modelThatPulls(async (_name, onProgress, signal) => {
      onProgress({ status: 'pulling' })
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true })
      }).finally(() => stopped.resolve())
    })
    await using app = await startTestApp({ engines: { model } })
    const response = await pull(app.url, { model: 'llama3.1' })
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await expect(stopped.promise).resolves.toBeUndefined()
  })

  test('says what is needed where no model can be fetched', async () => {
    await using app = await startTestApp()
    const response = await pull(app.url, { model: 'llama3.1' })
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ error: expect.stringContaining('Ollama') })
  })

  test('says what was forgotten', async () => {
    await using app = await startTestApp()
    expect((await pull(app.url, {})).status).toBe(400)
  })
})
