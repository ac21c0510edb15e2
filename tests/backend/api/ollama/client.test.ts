import { Ollama } from 'ollama'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type LanguageModel } from '../../../../backend/engines/contracts.ts'
import { AppError } from '../../../../backend/errors.ts'
import { systemClock } from '../../../../backend/lib/clock.ts'
import { FakeLanguageModel } from '../../../fakes/fake-language-model.ts'
import { collected } from '../../../support/collected.ts'
import { type OpenDoor, openOllamaDoor } from '../../../support/other-doors.ts'

/** Everything through the client that people use, as it comes from npm. */

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

let door: OpenDoor
let ollama: Ollama
let model: FakeLanguageModel

const reach: Partial<LanguageModel> = {
  embed: async ({ inputs }) => ({ vectors: inputs.map(() => [3, 4]), promptTokens: 2 * inputs.length }),
  async pullModel(name, onProgress) {
    if (name.startsWith('nope')) throw new AppError('engine_rejected', `There is no model "${name}"`)
    onProgress({ status: 'pulling manifest' })
    onProgress({ status: 'pulling a80c4f17acd5', completedBytes: 5, totalBytes: 10 })
    onProgress({ status: 'pulling a80c4f17acd5', completedBytes: 10, totalBytes: 10 })
  },
}

beforeEach(async () => {
  model = Object.assign(new FakeLanguageModel(systemClock), reach)
  door = await openOllamaDoor({ model })
  ollama = new Ollama({ host: door.url })
})
afterEach(() => door[Symbol.asyncDispose]())

function hi(content = 'Hi') {
  return { model: 'fake-model', messages: [{ role: 'user', content }] }
}

describe('The npm client "ollama" asks a model', () => {
  test('and has the answer in one piece', async () => {
    const answer = await ollama.chat(hi())
    expect(answer).toMatchObject({
      model: 'fake-model',
      message: { role: 'assistant', content: 'Hello there.' },
      done: true,
      done_reason: 'stop',
      eval_count: 2,
    })
    expect(answer.created_at).not.toBeUndefined()
    expect(Number.isInteger(answer.total_duration)).toBe(true)
    expect(answer.prompt_eval_count).toBeGreaterThan(0)
  })

  test('and has the answer word by word', async () => {
    const parts = await collected(await ollama.chat({ ...hi(), model: 'fake-model:latest', stream: true }))
    expect(parts.map((part) => part.message.content)).toEqual(['Hello', ' there.', ''])
    expect(parts.map((part) => part.done)).toEqual([false, false, true])
  })

  test('and sees its thoughts apart from its answer', async () => {
    model.modelProfile = { ...model.modelProfile, id: 'qwen3:8b' }
    model.plan(
      { deltas: ['Four.'], reasoning: 'Two and two' },
      { deltas: ['Four.'], reasoning: 'Two and two' },
    )
    const asked = { ...hi('2+2?'), model: 'qwen3:8b' }
    const { message } = await ollama.chat({ ...asked, think: true })
    expect(message).toMatchObject({ content: 'Four.', thinking: 'Two and two' })
    expect(model.requests[0]?.settings.reasoning_effort).toBe('medium')
    expect((await ollama.chat({ ...asked, think: false })).message.thinking).toBeUndefined()
    expect(model.requests[1]?.settings.reasoning_effort).toBe('none')
  })

  test('which calls a tool, and is told what came of it', async () => {
    const call = { id: 'call_ab12cd34', name: 'weather', argumentsJson: '{"city":"Tokyo"}' }
    model.plan({ deltas: [], toolCalls: [call] }, { deltas: ['Sunny.'] })
    const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
    const tools = [
      { type: 'function', function: { name: 'weather', description: 'The weather', parameters } },
    ]
    const first = await ollama.chat({ ...hi(), tools })
    expect(first.message.tool_calls?.[0]?.function).toMatchObject({
      name: 'weather',
      arguments: { city: 'Tokyo' },
    })
    expect(model.requests[0]?.tools).toEqual([{ name: 'weather', description: 'The weather', parameters }])
    const second = await ollama.chat({
      model: 'fake-model',
      tools,
      messages: [...hi().messages, first.message, { role: 'tool', content: 'sun', tool_name: 'weather' }],
    })
    expect(second.message.content).toBe('Sunny.')
    expect(model.requests[1]?.messages.slice(-2)).toMatchObject([
      { role: 'assistant', toolCalls: [call] },
      { role: 'tool', content: 'sun', toolCallId: 'call_ab12cd34' },
    ])
  })

  test('with options, a schema and pictures, which it is told', async () => {
    const schema = { type: 'object', properties: { mood: { type: 'string' } } }
    await ollama.chat({
      model: 'fake-model',
      messages: [{ role: 'user', content: 'Look', images: [Uint8Array.from(Buffer.from(PNG, 'base64'))] }],
      format: schema,
      options: { temperature: 0.2, num_predict: 64, seed: 7, stop: ['\n'] },
    })
    expect(model.requests[0]).toMatchObject({
      settings: { temperature: 0.2, max_tokens: 64, seed: 7 },
      stops: ['\n'],
      format: { schema },
      messages: [{ content: 'Look', images: [`data:image/png;base64,${PNG}`] }],
    })
  })

  test('with a prompt, and goes on where it ended', async () => {
    const first = await ollama.generate({ model: 'fake-model', prompt: 'I am Ada', system: 'Be brief' })
    expect(first).toMatchObject({ response: 'Hello there.', done: true })
    await ollama.generate({ model: 'fake-model', prompt: 'Who am I?', context: first.context })
    expect(model.requests[0]?.messages).toMatchObject([
      { role: 'system', content: 'Be brief' },
      { role: 'user', content: 'I am Ada' },
    ])
    expect(model.requests[1]?.messages).toMatchObject([
      { role: 'user', content: 'I am Ada' },
      { role: 'assistant', content: 'Hello there.' },
      { role: 'user', content: 'Who am I?' },
    ])
  })

  test('with a prompt, word by word', async () => {
    const parts = await collected(await ollama.generate({ model: 'fake-model', prompt: 'Hi', stream: true }))
    expect(parts.map(({ response }) => response).join('')).toBe('Hello there.')
    expect(parts.at(-1)).toMatchObject({ done: true, done_reason: 'stop' })
  })

  test('and hears of a failure in the middle', async () => {
    model.plan({ deltas: ['One'], ending: new AppError('engine_failed', 'The model broke off') })
    await expect(ollama.chat({ ...hi(), stream: true }).then(collected)).rejects.toThrow(
      'The model broke off',
    )
  })

  test('that does not exist, and is told so', async () => {
    await expect(ollama.chat({ ...hi(), model: 'nope' })).rejects.toMatchObject({
      status_code: 404,
      message: "model 'nope' not found",
    })
  })

  test('and breaks off, which stops the model', async () => {
    model.plan({ deltas: ['Wait'], ending: 'stall' })
    const stream = await ollama.chat({ ...hi(), stream: true })
    const heard = (async () => {
      for await (const part of stream) if (part.message.content === 'Wait') stream.abort()
    })()
    await expect(heard).rejects.toThrow(/abort/i)
    await expect.poll(() => model.openCalls).toBe(0)
  })
})

describe('The npm client "ollama" looks after models', () => {
  test('lists and shows them', async () => {
    const { models } = await ollama.list()
    expect(models.map(({ name }) => name)).toEqual(['fake-model:latest'])
    const shown = await ollama.show({ model: 'fake-model' })
    expect(shown.capabilities).toContain('tools')
    expect(shown.model_info).toMatchObject({
      'general.architecture': 'unknown',
      'unknown.context_length': 8192,
    })
    expect((await ollama.version()).version).toMatch(/^\d+\.\d+\.\d+$/)
  })

  test('loads and unloads them, and sees which are loaded', async () => {
    expect((await ollama.ps()).models).toEqual([])
    const loaded = await ollama.chat({ model: 'fake-model', messages: [], keep_alive: '10m' })
    expect(loaded).toMatchObject({ done: true, done_reason: 'load' })
    const [running] = (await ollama.ps()).models
    expect(running).toMatchObject({ name: 'fake-model:latest', size: 0 })
    expect(new Date(running?.expires_at ?? 0).getTime()).toBeGreaterThan(
      systemClock.date().getTime() + 9 * 60_000,
    )
    await ollama.generate({ model: 'fake-model', prompt: '', keep_alive: -1 })
    expect(JSON.stringify((await ollama.ps()).models)).toContain('2318-')
    const unloaded = await ollama.generate({ model: 'fake-model', prompt: '', keep_alive: 0 })
    expect(unloaded).toMatchObject({ done_reason: 'unload' })
    expect((await ollama.ps()).models).toEqual([])
  })

  test('pulls what is there already, and what is not', async () => {
    expect(await ollama.pull({ model: 'fake-model' })).toEqual({ status: 'success' })
    const steps = await collected(await ollama.pull({ model: 'llama3.1:8b', stream: true }))
    expect(steps.map(({ status }) => status)).toEqual([
      'pulling manifest',
      'pulling a80c4f17acd5',
      'pulling a80c4f17acd5',
      'verifying sha256 digest',
      'writing manifest',
      'success',
    ])
    expect(steps[2]).toMatchObject({ total: 10, completed: 10, digest: expect.stringMatching(/^sha256:/) })
    await expect(ollama.pull({ model: 'nope', stream: true }).then(collected)).rejects.toThrow(
      'no model "nope"',
    )
    await expect(ollama.pull({ model: 'nope' })).rejects.toThrow('no model "nope"')
  })

  test('has texts embedded, to vectors of length 1', async () => {
    const embedded = await ollama.embed({ model: 'fake-model', input: ['Moon', 'Sun'] })
    expect(embedded).toMatchObject({
      embeddings: [
        [0.6, 0.8],
        [0.6, 0.8],
      ],
      prompt_eval_count: 4,
    })
    expect(await ollama.embeddings({ model: 'fake-model', prompt: 'Moon' })).toEqual({ embedding: [3, 4] })
    const wrong = ollama.embed({ model: 'fake-model', input: Object.assign([], { 0: 5, length: 1 }) })
    await expect(wrong).rejects.toThrow('invalid input type')
  })

  test('is told that model files are neither pushed nor deleted from outside', async () => {
    await expect(ollama.push({ model: 'fake-model' })).rejects.toMatchObject({ status_code: 501 })
    await expect(ollama.delete({ model: 'fake-model' })).rejects.toThrow('is a model')
    await expect(ollama.copy({ source: 'fake-model', destination: 'mine' })).rejects.toThrow('is a model')
    await expect(ollama.delete({ model: 'nope' })).rejects.toMatchObject({ status_code: 404 })
  })
})

describe('The npm client "ollama" makes characters', () => {
  const mario = { model: 'mario', from: 'fake-model', system: 'You are Mario from Super Mario Bros.' }

  test('which answer by their name at once', async () => {
    const steps = await collected(
      await ollama.create({ ...mario, parameters: { temperature: 1 }, stream: true }),
    )
    expect(steps.at(-1)?.status).toBe('success')
    expect(steps.map(({ status }) => status).join('; ')).toContain('parameters')
    const answer = await ollama.chat({ ...hi('Who are you?'), model: 'mario' })
    expect(answer.message.content).toBe('Hello there.')
    expect(JSON.stringify(model.requests[0]?.messages)).toContain('You are Mario from Super Mario Bros.')
    expect((await ollama.list()).models.map(({ name }) => name)).toContain('character:mario')
    await expect(ollama.chat({ ...hi(), model: 'character:mario' })).resolves.toMatchObject({ done: true })
  })

  test('and makes them anew, but none that somebody wrote by hand', async () => {
    await ollama.create(mario)
    await ollama.create({ ...mario, system: 'You are Luigi.' })
    const characters = await door.store.characters.list()
    expect(characters.map(({ system_prompt }) => system_prompt)).toEqual(['You are Luigi.'])
    await door.store.characters.update({ id: characters[0]?.id ?? '', tags: [] })
    await expect(ollama.create(mario)).rejects.toThrow('There is a character "mario" already')
    await expect(ollama.create({ model: 'x', from: 'nope' })).rejects.toMatchObject({ status_code: 404 })
    await expect(ollama.create({ model: 'x' })).rejects.toThrow("neither 'from' or 'files'")
  })

  test('and copies and deletes them, into the trash', async () => {
    await ollama.create(mario)
    await ollama.copy({ source: 'mario', destination: 'luigi' })
    await ollama.create({ model: 'toad', from: 'mario' })
    const prompts = (await door.store.characters.list()).map(({ system_prompt }) => system_prompt)
    expect(prompts).toEqual([mario.system, mario.system, mario.system])
    await ollama.delete({ model: 'mario' })
    expect((await ollama.list()).models.map(({ name }) => name)).toEqual([
      'fake-model:latest',
      'character:luigi',
      'character:toad',
    ])
    await expect(ollama.chat({ ...hi(), model: 'mario' })).rejects.toThrow("model 'mario' not found")
    expect(await door.store.trash.list({})).toMatchObject([{ name: 'mario' }])
  })
})
