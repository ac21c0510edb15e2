import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AppError } from '../../../../backend/errors.ts'
import { type OpenDoor, openOllamaDoor } from '../../../support/other-doors.ts'

/** What a program sends with `curl -d`: JSON that nobody calls JSON. */
function post(door: OpenDoor, path: string, body: unknown): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return fetch(`${door.url}${path}`, { method: 'POST', headers, body: text })
}

async function json(response: Promise<Response>): Promise<unknown> {
  return (await response).json()
}

const said = { model: 'fake-model', messages: [{ role: 'user', content: 'Hi' }] }

describe('A program that looks around', () => {
  test('is told that Ollama is running, and which', async () => {
    await using door = await openOllamaDoor()
    expect(await (await fetch(door.url)).text()).toBe('Ollama is running')
    expect((await fetch(door.url, { method: 'HEAD' })).status).toBe(200)
    expect(await json(fetch(`${door.url}/api/version`))).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    })
    expect((await fetch(`${door.url}/api/tags`, { method: 'HEAD' })).status).toBe(200)
    expect((await fetch(`${door.url}/api/version`, { method: 'HEAD' })).status).toBe(200)
  })

  test('finds models and characters with a tag behind their names', async () => {
    await using door = await openOllamaDoor()
    await post(door, '/api/create', { model: 'Captain Nova', system: 'You fly.', stream: false })
    const listed = await json(fetch(`${door.url}/api/tags`))
    expect(listed).toMatchObject({
      models: [
        { name: 'fake-model:latest', model: 'fake-model:latest', capabilities: ['completion', 'tools'] },
        {
          name: 'character:captain-nova',
          details: { family: 'character' },
          digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      ],
    })
  })

  test('is told what is unknown, and what is not done that way', async () => {
    await using door = await openOllamaDoor()
    const unknown = await fetch(`${door.url}/api/nothing`)
    expect([unknown.status, await unknown.json()]).toEqual([404, { error: 'there is no GET /api/nothing' }])
    expect((await fetch(`${door.url}/api/chat`)).status).toBe(405)
    expect((await post(door, '/api/tags', {})).status).toBe(405)
    expect((await post(door, '/api/push', { name: 'x' })).status).toBe(501)
    expect((await fetch(`${door.url}/api/blobs/sha256:00`, { method: 'HEAD' })).status).toBe(404)
  })
})

describe('A chat', () => {
  test('comes as lines of JSON, without anybody saying so', async () => {
    await using door = await openOllamaDoor()
    const response = await post(door, '/api/chat', said)
    expect(response.headers.get('content-type')).toBe('application/x-ndjson')
    const lines = (await response.text())
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    expect(lines).toEqual([
      expect.objectContaining({ message: { role: 'assistant', content: 'Hello' }, done: false }),
      expect.objectContaining({ message: { role: 'assistant', content: ' there.' }, done: false }),
      expect.objectContaining({ done: true, done_reason: 'stop', eval_count: 2 }),
    ])
  })

  test('that fails before its first word has a status of its own', async () => {
    await using door = await openOllamaDoor()
    door.model.plan({ deltas: [], ending: new AppError('engine_rate_limited', 'busy') })
    const response = await post(door, '/api/chat', said)
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({
      error: 'server busy, please try again.  maximum pending requests exceeded',
    })
  })

  test('that fails later ends with a line that says why', async () => {
    await using door = await openOllamaDoor()
    door.model.plan({ deltas: ['One', ' two'], ending: new AppError('engine_failed', 'The model broke off') })
    const response = await post(door, '/api/chat', said)
    expect(response.status).toBe(200)
    const lines = (await response.text()).trim().split('\n')
    expect(lines).toHaveLength(3)
    expect(JSON.parse(lines[2] ?? '')).toEqual({ error: 'The model broke off' })
  })

  test('with an empty prompt and keep_alive 0 answers in one piece that the model is gone', async () => {
    await using door = await openOllamaDoor()
    const response = await post(door, '/api/generate', { model: 'fake-model', keep_alive: 0, prompt: '' })
    expect(response.headers.get('content-type')).toContain('application/json')
    expect(await response.json()).toMatchObject({ response: '', done: true, done_reason: 'unload' })
  })

  test('takes an empty format for none', async () => {
    await using door = await openOllamaDoor()
    expect((await post(door, '/api/chat', { ...said, format: '', tools: null, options: null })).status).toBe(
      200,
    )
    expect(door.model.requests[0]?.format).toBeUndefined()
  })

  test('whose program hangs up stops the model', async () => {
    await using door = await openOllamaDoor()
    door.model.plan({ deltas: ['Wait'], ending: 'stall' })
    const leaving = new AbortController()
    const response = await fetch(`${door.url}/api/chat`, {
      method: 'POST',
      body: JSON.stringify(said),
      signal: leaving.signal,
    })
    await response.body?.getReader().read()
    expect(door.model.openCalls).toBe(1)
    leaving.abort()
    await expect.poll(() => door.model.openCalls).toBe(0)
  })

  test('whose program hangs up before the first word stops the model, too', async () => {
    await using door = await openOllamaDoor()
    door.model.plan({ deltas: [], ending: 'stall' })
    const leaving = new AbortController()
    const asked = fetch(`${door.url}/api/chat`, {
      method: 'POST',
      body: JSON.stringify({ ...said, stream: false }),
      signal: leaving.signal,
    })
    await expect.poll(() => door.model.openCalls).toBe(1)
    leaving.abort()
    await expect(asked).rejects.toThrow(/abort/i)
    await expect.poll(() => door.model.openCalls).toBe(0)
  })
})

describe('A request that cannot be served', () => {
  let door: OpenDoor
  beforeAll(async () => {
    door = await openOllamaDoor()
  })
  afterAll(() => door[Symbol.asyncDispose]())

  test.each([
    ['', 'missing request body'],
    ['{"model":', 'JSON'],
    ['[]', 'invalid'],
    ['"chat"', 'invalid'],
    [{}, 'model is required'],
    [{ model: '' }, 'model is required'],
    [{ model: 7 }, 'invalid model'],
    [{ ...said, messages: 'Hi' }, 'invalid messages'],
    [{ ...said, messages: [{ role: 'wizard', content: '' }] }, 'invalid messages.0.role'],
    [{ ...said, stream: 'yes' }, 'invalid stream'],
    [{ ...said, options: { temperature: 'hot' } }, 'option "temperature" must be of type float32'],
    [{ ...said, keep_alive: 'soon' }, 'invalid duration'],
    [{ ...said, format: 'yaml' }, 'invalid format'],
    [{ ...said, think: 'hard' }, 'invalid think value'],
    [{ ...said, think: true }, 'does not support thinking'],
    [{ ...said, top_logprobs: 21 }, 'invalid top_logprobs'],
    [{ ...said, messages: [{ role: 'user', content: '', images: ['%%%'] }] }, 'base64'],
    ['{"__proto__": {"model": "x"}}', 'JSON'],
  ])('is refused with what is wrong: %j', async (body, message) => {
    const response = await post(door, '/api/chat', body)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: expect.stringContaining(message) })
  })

  test('because there is no such model is said in Ollama’s words', async () => {
    const response = await post(door, '/api/chat', { ...said, model: 'nope:7b' })
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({ error: "model 'nope:7b' not found" })
  })

  test('because it is too large is refused, and the next one is served', async () => {
    const huge = { ...said, messages: [{ role: 'user', content: 'x'.repeat(65 * 1024 * 1024) }] }
    const refused = await post(door, '/api/chat', huge).catch(() => undefined)
    expect(refused?.status ?? 413).toBe(413)
    expect((await post(door, '/api/chat', said)).status).toBe(200)
  })
})

describe('The door', () => {
  test('asks for the token where one is needed', async () => {
    await using door = await openOllamaDoor({ token: 'open-sesame' })
    expect((await fetch(door.url)).status).toBe(200)
    const refused = await fetch(`${door.url}/api/tags`)
    expect(refused.status).toBe(401)
    expect(await refused.json()).toEqual({ error: expect.stringContaining('token') })
    const headers = { authorization: 'Bearer open-sesame' }
    expect((await fetch(`${door.url}/api/tags`, { headers })).status).toBe(200)
  })

  test('is shut to pages and names from elsewhere', async () => {
    await using door = await openOllamaDoor()
    const evil = await fetch(`${door.url}/api/tags`, { headers: { origin: 'https://evil.example' } })
    expect([evil.status, await evil.text()]).toEqual([403, ''])
    expect(await statusFor(door, 'evil.example')).toBe(403)
    expect(await statusFor(door, 'localhost:11434')).toBe(200)
  })

  test('answers what browsers ask before they send', async () => {
    await using door = await openOllamaDoor()
    const response = await fetch(`${door.url}/api/chat`, {
      method: 'OPTIONS',
      headers: { origin: 'app://obsidian.md', 'access-control-request-method': 'POST' },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe('app://obsidian.md')
    expect(response.headers.get('access-control-allow-headers')).toContain('x-stainless-os')
    const headers = { origin: 'http://localhost:3000' }
    const chat = await fetch(`${door.url}/api/chat`, { method: 'POST', headers, body: JSON.stringify(said) })
    expect(chat.headers.get('access-control-allow-origin')).toBe('http://localhost:3000')
  })
})

/** `fetch` lets nobody choose the name of the host. */
function statusFor(door: OpenDoor, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${door.url}/api/tags`, { headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}
