import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { type GgufServer, startGgufServer } from '../../../../support/gguf-server.ts'
import { STORY } from '../../../../support/story.ts'
import { writeTalkingModel } from '../../../../support/talking-model.ts'

/** A model file as a program of its own, as runners start it. */

const KEY = 'secret-of-the-runner'

let folder: string
let story: string
let server: GgufServer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-gguf-'))
  story = join(folder, 'story.gguf')
  await writeFile(story, writeTalkingModel({ reply: STORY, letters: true }))
  server = await startGgufServer({ model: story, parallel: 2, apiKey: KEY })
  await ready(server)
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function ready(one: GgufServer): Promise<void> {
  await vi.waitUntil(async () => (await statusOf(one)) === 200, { timeout: 80_000, interval: 50 })
}

/** @returns 0 if it does not even listen yet. */
async function statusOf(one: GgufServer): Promise<number> {
  return one.fetch('http://localhost/health').then(
    ({ status }) => status,
    () => 0,
  )
}

function ask(body: Record<string, unknown>, init: RequestInit = {}): Promise<Response> {
  return server.fetch('http://localhost/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ model: 'story', temperature: 0, ...body }),
    ...init,
  })
}

function saying(...texts: readonly string[]): { messages: { role: string; content: string }[] } {
  return {
    messages: texts.map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content })),
  }
}

interface Answer {
  readonly choices: readonly {
    readonly message: { readonly content: string }
    readonly finish_reason: string
  }[]
  readonly usage: {
    readonly prompt_tokens: number
    readonly completion_tokens: number
    readonly prompt_tokens_details: { readonly cached_tokens: number }
  }
}

async function answered(body: Record<string, unknown>): Promise<Answer> {
  const response = await ask(body)
  expect(response.status).toBe(200)
  const answer: Answer = JSON.parse(await response.text())
  return answer
}

const TOLD = STORY.replaceAll(/\s+/gu, ' ')

describe('a GGUF model as a server', () => {
  test('answers as a whole, and counts its tokens', async () => {
    const { choices, usage } = await answered(saying('Tell me a story.'))
    expect(choices[0]).toMatchObject({ message: { content: TOLD }, finish_reason: 'stop' })
    expect(usage.completion_tokens).toBeGreaterThan(50)
    expect(usage.prompt_tokens).toBeGreaterThan(10)
  })

  test('answers in events, the last ones telling what it used', async () => {
    const response = await ask({ ...saying('Go on.'), stream: true, stream_options: { include_usage: true } })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const lines = (await response.text()).trim().split('\n\n')
    expect(lines.at(-1)).toBe('data: [DONE]')
    const events = lines.slice(0, -1).map((line) => JSON.parse(line.slice('data: '.length)))
    expect(events.map((event) => event.choices[0]?.delta.content ?? '').join('')).toBe(TOLD)
    expect(events.at(-2).choices[0].finish_reason).toBe('stop')
    expect(events.at(-1).usage.completion_tokens).toBeGreaterThan(50)
  })

  test('does not read again what it has read of a conversation', async () => {
    const question = 'What happened on that evening in autumn, when it rained and nobody was there?'
    await answered({ ...saying(question), max_tokens: 4 })
    const { usage } = await answered({ ...saying(question, 'Once', 'And then?'), max_tokens: 4 })
    expect(usage.prompt_tokens_details.cached_tokens).toBeGreaterThan(question.length / 2)
  })

  test('stops where it is told to, and when it has said enough', async () => {
    const stopped = await answered({ ...saying('Tell me a story.'), stop: ['autumn'] })
    expect(stopped.choices[0]?.message.content).toBe('Once upon an evening, when ')
    expect(stopped.choices[0]?.finish_reason).toBe('stop')
    const cut = await answered({ ...saying('Tell me a story.'), max_tokens: 3 })
    expect(cut.choices[0]?.finish_reason).toBe('length')
    expect(cut.usage.completion_tokens).toBe(3)
  })

  test('keeps to JSON when that is asked for', async () => {
    const format = {
      type: 'json_schema',
      json_schema: { name: 'mood', schema: { type: 'object', properties: { happy: { type: 'boolean' } } } },
    }
    const { choices } = await answered({
      ...saying('Are you well?'),
      response_format: format,
      max_tokens: 60,
    })
    const mood: unknown = JSON.parse(choices[0]?.message.content ?? '')
    expect(mood).toEqual({ happy: expect.any(Boolean) })
  })

  test('reads the end of a conversation that is longer than it can read', async () => {
    const { usage, choices } = await answered(saying('word '.repeat(20_000), 'Yes?', 'Tell me.'))
    expect(usage.prompt_tokens).toBeLessThan(4_096)
    expect(choices[0]?.message.content).toBe(TOLD)
  })

  test('continues a text', async () => {
    const response = await server.fetch('http://localhost/v1/completions', {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}` },
      body: JSON.stringify({ prompt: 'A story:\n', temperature: 0, max_tokens: 5 }),
    })
    expect(await response.json()).toMatchObject({
      object: 'text_completion',
      choices: [{ text: 'Once upon an evening, when', finish_reason: 'length' }],
    })
  })

  test('lets go of a reply that nobody waits for, and shows it', async () => {
    const leaving = new AbortController()
    const response = await ask({ ...saying('Tell me a story.'), stream: true }, { signal: leaving.signal })
    leaving.abort()
    await expect(response.text()).rejects.toThrow(/abort/iu)
    await expect.poll(() => server.busySlots()).toBe(0)
  })

  test('answers nonsense with what is wrong, and goes on', async () => {
    for (const body of ['{', '[]', '{"messages":1}', '{"messages":[{"role":"king","content":""}]}']) {
      const response = await ask({}, { body })
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } })
    }
    expect(await statusOf(server)).toBe(200)
  })

  test('answers those only who show its key', async () => {
    const response = await ask(saying('Hello'), { headers: { authorization: 'Bearer guessed' } })
    expect(response.status).toBe(401)
    const slots = await server.fetch('http://localhost/slots')
    expect(slots.status).toBe(401)
  })
})

/** A model of its own, loaded in another way, until it has been asked. */
async function loadedWith(
  flags: readonly string[],
  variables: Record<string, string> = {},
): Promise<GgufServer> {
  const other = await startGgufServer({ model: story, parallel: 1, flags, variables })
  await ready(other)
  return other
}

async function post(one: GgufServer, path: string, body: object): Promise<Response> {
  return one.fetch(`http://localhost${path}`, { method: 'POST', body: JSON.stringify(body) })
}

async function toldBy(one: GgufServer): Promise<string> {
  const response = await post(one, '/v1/chat/completions', { ...saying('Tell me a story.'), temperature: 0 })
  const answer: Answer = JSON.parse(await response.text())
  return answer.choices[0]?.message.content ?? ''
}

describe('a GGUF model that is loaded as its settings say', () => {
  test.each([
    ['in small batches, with a cache of 8 bits', ['--batch-size', '64', '--cache-type-k', 'q8_0']],
    ['with flash attention', ['--flash-attn', 'on', '--cache-type-v', 'q8_0']],
    [
      'with its positions stretched',
      ['--rope-scaling', 'linear', '--rope-scale', '4', '--rope-freq-base', '20000'],
    ],
    ['in the form of a template by name', ['--chat-template', 'chatml']],
    ['with another context', ['--ctx-size', '2048']],
  ])('says the same %s', async (_how, flags) => {
    await using other = await loadedWith(flags)
    expect(await toldBy(other)).toBe(TOLD)
  })

  test('is read into memory instead of mapped, if that is wanted', async () => {
    await using other = await loadedWith([], { LLAMA_ARG_LOAD_MODE: 'none' })
    expect(await toldBy(other)).toBe(TOLD)
  })

  test('has the context that it was given, and the template', async () => {
    const template = "{% for message in messages %}{{ message['content'] }}\n{% endfor %}"
    const path = join(folder, 'own.jinja')
    await writeFile(path, template)
    await using other = await loadedWith(['--ctx-size', '1024', '--chat-template-file', path])
    const props = await other.fetch('http://localhost/props')
    expect(await props.json()).toMatchObject({
      default_generation_settings: { n_ctx: 1024 },
      chat_template: template,
    })
    expect(await toldBy(other)).toBe(TOLD)
  })

  test('says the same when a small model guesses ahead', async () => {
    await using other = await loadedWith(['--model-draft', story])
    expect(await toldBy(other)).toBe(TOLD)
    expect(await toldBy(other)).toBe(TOLD)
  })

  test.each([
    ['guesses in another vocabulary', ['--model-draft', 'DRAFT'], 'another vocabulary'],
    [
      'is written in a template that nobody knows',
      ['--chat-template', 'klingon'],
      'no chat template "klingon"',
    ],
    ['is written in a template that is not there', ['--chat-template-file', '/no/such'], 'cannot be read'],
  ])('ends with the reason if it %s', async (_what, flags, reason) => {
    const draft = join(folder, 'other.gguf')
    await writeFile(draft, writeTalkingModel({ reply: 'Something else.' }))
    const given = flags.map((flag) => (flag === 'DRAFT' ? draft : flag))
    await using other = await startGgufServer({ model: story, flags: given })
    expect((await once(other.child, 'exit'))[0]).toBe(1)
    expect(other.log()).toContain(reason)
  })
})

describe('a GGUF model for embeddings', () => {
  const Vectors = z.object({
    data: z.array(z.object({ index: z.number(), embedding: z.array(z.number()) })),
    usage: z.object({ prompt_tokens: z.number() }),
  })

  test('makes the same vector of the same text, and another one of another', async () => {
    await using other = await loadedWith(['--embedding', '--ctx-size', '512'])
    const response = await post(other, '/v1/embeddings', {
      input: ['One lantern', 'Two keys', 'One lantern'],
    })
    const { data, usage } = Vectors.parse(await response.json())
    const [one, two, again] = data.map(({ embedding }) => embedding)
    expect(one?.length).toBeGreaterThan(100)
    expect(again).toEqual(one)
    expect(two).not.toEqual(one)
    expect(data.map(({ index }) => index)).toEqual([0, 1, 2])
    expect(usage.prompt_tokens).toBeGreaterThan(6)
    expect(await other.busySlots()).toBe(0)
  })

  test('answers in base64 those who want it', async () => {
    await using other = await loadedWith(['--embedding', '--ctx-size', '512'])
    const plain = Vectors.parse(await (await post(other, '/v1/embeddings', { input: 'One' })).json())
    const packed = await post(other, '/v1/embeddings', { input: 'One', encoding_format: 'base64' })
    const { data } = z
      .object({ data: z.array(z.object({ embedding: z.string() })) })
      .parse(await packed.json())
    const bytes = Buffer.from(data[0]?.embedding ?? '', 'base64')
    const numbers = Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4))
    expect(numbers).toEqual(plain.data[0]?.embedding.map(Math.fround))
  })

  test('does not chat, and says what a text is too long for', async () => {
    await using other = await loadedWith(['--embedding', '--ctx-size', '512'])
    const chat = await post(other, '/v1/chat/completions', saying('Hello'))
    expect(chat.status).toBe(400)
    const long = await post(other, '/v1/embeddings', { input: 'word '.repeat(600) })
    expect(long.status).toBe(400)
    expect(await long.text()).toContain('cut it in pieces')
  })
})

describe('the process of a GGUF model', () => {
  test('ends when it is asked to, in the middle of a reply too', async () => {
    await using other = await startGgufServer({ model: story })
    await ready(other)
    const reply = other.fetch('http://localhost/v1/chat/completions', {
      method: 'POST',
      body: JSON.stringify({ ...saying('Tell me a story.'), stream: true }),
    })
    const exited = once(other.child, 'exit')
    other.child.kill('SIGTERM')
    await Promise.allSettled([reply])
    expect(await exited).toEqual([0, null])
  })

  test('that cannot load its model says why, and ends', async () => {
    const broken = join(folder, 'broken.gguf')
    await writeFile(broken, 'GGUF')
    await using other = await startGgufServer({ model: broken })
    const [code] = await once(other.child, 'exit')
    expect(code).toBe(1)
    expect(other.log()).toContain('It is not whole')
  })
})
