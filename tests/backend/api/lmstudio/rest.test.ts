import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { AppError } from '../../../../backend/errors.ts'
import { systemClock } from '../../../../backend/lib/clock.ts'
import { deferred } from '../../../../backend/lib/deferred.ts'
import { FakeLanguageModel } from '../../../fakes/fake-language-model.ts'
import { type OpenDoor, openLmStudioDoor } from '../../../support/other-doors.ts'

const Job = z.object({ job_id: z.string() })

let door: OpenDoor
let model: FakeLanguageModel
const fetched = deferred()

beforeEach(async () => {
  model = Object.assign(new FakeLanguageModel(systemClock), {
    async pullModel(name: string, onProgress: (progress: object) => void) {
      if (name.startsWith('nope')) throw new AppError('engine_rejected', `There is no model "${name}"`)
      onProgress({ status: 'pulling', completedBytes: 5, totalBytes: 10 })
      await fetched.promise
    },
  })
  door = await openLmStudioDoor({ model })
})
afterEach(() => door[Symbol.asyncDispose]())

function post(path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return fetch(`${door.url}${path}`, { method: 'POST', headers, body: text })
}

async function posted(path: string, body: unknown): Promise<unknown> {
  return (await post(path, body)).json()
}

async function got(path: string): Promise<unknown> {
  return (await fetch(`${door.url}${path}`)).json()
}

function eventsIn(text: string): { event: string; data: unknown }[] {
  return text
    .trim()
    .split('\n\n')
    .map((frame) => {
      const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(frame) ?? []
      return { event, data: JSON.parse(data) }
    })
}

test('The door greets as LM Studio does, and does not mind what it does not know', async () => {
  expect(await got('/lmstudio-greeting')).toEqual({ lmstudio: true })
  const unknown = await fetch(`${door.url}/foo?x=1`)
  expect([unknown.status, await unknown.json()]).toEqual([
    200,
    { error: 'Unexpected endpoint or method. (GET /foo?x=1)' },
  ])
  expect(await posted('/api/v1/models', {})).toEqual({
    error: 'Unexpected endpoint or method. (POST /api/v1/models)',
  })
})

test('The door asks for the token where one is needed', async () => {
  await using guarded = await openLmStudioDoor({ token: 'open-sesame' })
  const ask = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${guarded.url}${path}`, { headers })
  expect((await ask('/lmstudio-greeting')).status).toBe(200)
  expect((await ask('/api/v0/models')).status).toBe(401)
  expect((await ask('/api/v1/models')).status).toBe(401)
  expect((await ask('/api/v1/models', { authorization: 'Bearer open-sesame' })).status).toBe(200)
  expect((await ask('/api/v1/models', { origin: 'https://evil.example' })).status).toBe(403)
})

describe('/api/v0', () => {
  test('lists models, and shows one', async () => {
    const wanted = {
      id: 'fake-model',
      object: 'model',
      type: 'llm',
      state: 'loaded',
      max_context_length: 8_192,
    }
    expect(await got('/api/v0/models')).toMatchObject({ object: 'list', data: [wanted] })
    expect(await got('/api/v0/models/fake-model')).toMatchObject(wanted)
    const missing = await fetch(`${door.url}/api/v0/models/some/nope`)
    expect([missing.status, await missing.json()]).toMatchObject([
      404,
      { error: { code: 'model_not_found' } },
    ])
  })

  test('answers as OpenAI does, and tells how it went', async () => {
    const body = { model: 'fake-model', messages: [{ role: 'user', content: 'Hi' }], max_tokens: -1, ttl: 60 }
    expect(await posted('/api/v0/chat/completions', body)).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { content: 'Hello there.' }, finish_reason: 'stop' }],
      stats: { stop_reason: 'eosFound', tokens_per_second: expect.any(Number) },
      model_info: { context_length: 8_192 },
      runtime: { supported_formats: ['gguf'] },
    })
    const stream = await (await post('/api/v0/chat/completions', { ...body, stream: true })).text()
    const frames = stream.trim().split('\n\n')
    expect(frames.at(-1)).toBe('data: [DONE]')
    expect(JSON.parse((frames.at(-2) ?? '').slice(6))).toMatchObject({
      choices: [{ finish_reason: 'stop' }],
      stats: { stop_reason: 'eosFound' },
    })
    expect(frames.filter((frame) => frame.includes('stats'))).toHaveLength(1)
  })

  test('goes on from a text', async () => {
    expect(await posted('/api/v0/completions', { model: 'fake-model', prompt: 'Once' })).toMatchObject({
      object: 'text_completion',
      choices: [{ text: 'Hello there.' }],
      stats: { stop_reason: 'eosFound' },
    })
  })
})

describe('/api/v1/chat', () => {
  test('answers, and remembers what was said', async () => {
    const first = await posted('/api/v1/chat', {
      model: 'fake-model',
      input: 'I am Ada',
      system_prompt: 'Be brief',
      temperature: 0.2,
      max_output_tokens: 20,
    })
    expect(first).toEqual({
      model_instance_id: 'fake-model',
      output: [{ type: 'message', content: 'Hello there.' }],
      stats: expect.objectContaining({
        total_output_tokens: 2,
        time_to_first_token_seconds: expect.any(Number),
      }),
      response_id: expect.stringMatching(/^resp_/),
    })
    const { response_id } = z.object({ response_id: z.string() }).parse(first)
    const picture = { type: 'image', data_url: 'data:image/png;base64,iVBORw0KGgo=' }
    const input = [{ type: 'text', content: 'Who am I?' }, picture]
    const second = await posted('/api/v1/chat', {
      model: 'fake-model',
      input,
      previous_response_id: response_id,
      store: false,
    })
    expect(second).not.toHaveProperty('response_id')
    expect(model.requests[0]).toMatchObject({ settings: { temperature: 0.2, max_tokens: 20 } })
    expect(model.requests[1]?.messages).toMatchObject([
      { role: 'user', content: 'I am Ada' },
      { role: 'assistant', content: 'Hello there.' },
      { role: 'user', content: 'Who am I?', images: [picture.data_url] },
    ])
  })

  test('streams events with names, and the whole answer at the end', async () => {
    model.modelProfile = { ...model.modelProfile, id: 'qwen3:8b' }
    model.plan({ deltas: ['Four', '.'], reasoning: 'Two and two' })
    const asked = { model: 'qwen3:8b', input: '2+2?', reasoning: 'high', stream: true }
    const response = await post('/api/v1/chat', asked)
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const events = eventsIn(await response.text())
    expect(events.map(({ event }) => event)).toEqual([
      'chat.start',
      'prompt_processing.start',
      'prompt_processing.end',
      'reasoning.start',
      'reasoning.delta',
      'reasoning.end',
      'message.start',
      'message.delta',
      'message.delta',
      'message.end',
      'chat.end',
    ])
    expect(events[0]?.data).toEqual({ type: 'chat.start', model_instance_id: 'qwen3:8b' })
    expect(events.at(-1)?.data).toMatchObject({
      result: {
        output: [
          { type: 'reasoning', content: 'Two and two' },
          { type: 'message', content: 'Four.' },
        ],
        response_id: expect.stringMatching(/^resp_/),
      },
    })
    expect(model.requests[0]?.settings.reasoning_effort).toBe('high')
  })

  test('tells in the stream what went wrong, and what was said until then', async () => {
    model.plan({ deltas: ['One'], ending: new AppError('engine_failed', 'The model broke off') })
    const response = await post('/api/v1/chat', { model: 'fake-model', input: 'Hi', stream: true })
    const events = eventsIn(await response.text())
    expect(events.slice(-3)).toMatchObject([
      { event: 'message.end' },
      { event: 'error', data: { error: { type: 'unknown', message: 'The model broke off' } } },
      { event: 'chat.end', data: { result: { output: [{ content: 'One' }] } } },
    ])
  })

  test('stops the model when the program hangs up', async () => {
    model.plan({ deltas: ['Wait'], ending: 'stall' })
    const leaving = new AbortController()
    const response = await fetch(`${door.url}/api/v1/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'fake-model', input: 'Hi', stream: true }),
      signal: leaving.signal,
    })
    await response.body?.getReader().read()
    await expect.poll(() => model.openCalls).toBe(1)
    leaving.abort()
    await expect.poll(() => model.openCalls).toBe(0)
  })

  test.each([
    ['{', 'invalid_request'],
    [{ input: 'Hi' }, 'invalid_request'],
    [{ model: 'fake-model' }, 'invalid_request'],
    [{ model: 'fake-model', input: [] }, 'invalid_request'],
    [{ model: 'fake-model', input: [{ type: 'image', data_url: 'file:///etc/passwd' }] }, 'invalid_request'],
    [{ model: 'fake-model', input: 'Hi', reasoning: 'high' }, 'invalid_request'],
    [{ model: 'fake-model', input: 'Hi', previous_response_id: 'resp_0' }, 'invalid_request'],
    [{ model: 'fake-model', input: 'Hi', integrations: ['mcp/x'] }, 'not_implemented'],
    [{ model: 'nope', input: 'Hi' }, 'model_not_found'],
  ])('refuses %j', async (body, type) => {
    const response = await post('/api/v1/chat', body)
    expect(response.status).toBe(type === 'model_not_found' ? 404 : 400)
    expect(await response.json()).toMatchObject({ error: { type, message: expect.any(String) } })
  })
})

describe('/api/v1/models', () => {
  test('lists, loads and unloads', async () => {
    expect(await got('/api/v1/models')).toMatchObject({
      models: [
        {
          type: 'llm',
          key: 'fake-model',
          loaded_instances: [{ id: 'fake-model', config: { context_length: 8_192 } }],
          capabilities: { vision: false, trained_for_tool_use: true },
          quantization: null,
        },
      ],
    })
    expect(await posted('/api/v1/models/unload', { instance_id: 'fake-model' })).toEqual({
      instance_id: 'fake-model',
    })
    expect(await got('/api/v1/models')).toMatchObject({ models: [{ loaded_instances: [] }] })
    expect((await post('/api/v1/models/unload', { instance_id: 'fake-model' })).status).toBe(404)
    expect(await posted('/api/v1/models/load', { model: 'fake-model', echo_load_config: true })).toEqual({
      type: 'llm',
      instance_id: 'fake-model',
      load_time_seconds: expect.any(Number),
      status: 'loaded',
      load_config: { context_length: 8_192 },
    })
    expect(await got('/api/v0/models')).toMatchObject({ data: [{ state: 'loaded' }] })
  })

  test('fetches what is not there, and tells how far it is', async () => {
    expect(await posted('/api/v1/models/download', { model: 'fake-model' })).toMatchObject({
      status: 'already_downloaded',
    })
    const begun = await posted('/api/v1/models/download', { model: 'llama3.1' })
    expect(begun).toMatchObject({ status: 'downloading', started_at: expect.any(String) })
    const { job_id } = Job.parse(begun)
    const status = `/api/v1/models/download/status/${job_id}`
    expect(await got(status)).toMatchObject({ downloaded_bytes: 5, total_size_bytes: 10 })
    fetched.resolve()
    await expect.poll(() => got(status)).toMatchObject({ status: 'completed', downloaded_bytes: 10 })
    const failing = await posted('/api/v1/models/download', { model: 'nope' })
    const { job_id: other } = Job.parse(failing)
    await expect
      .poll(() => got(`/api/v1/models/download/status/${other}`))
      .toMatchObject({ status: 'failed', error: 'There is no model "nope"' })
    const unknown = await fetch(`${door.url}/api/v1/models/download/status/job_x`)
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { error: { type: 'job_not_found' } }])
  })
})
