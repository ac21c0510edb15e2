import { expect, test } from 'vitest'
import { type LanguageModel, type PullProgress } from '../../../../backend/engines/contracts.ts'
import { type OpenAiModelOptions } from '../../../../backend/engines/llm/openai.ts'
import { chatOf, collect, failureOf, textOf } from '../../../contracts/language-model.ts'
import { answers, type ChatScript, says, sendsRaw } from '../../../support/fake-chat-server.ts'
import { type ModelAtServer, modelAtServer } from '../../../support/model-at-server.ts'

const NEVER = new AbortController().signal

function ollama(script: ChatScript, options: Partial<OpenAiModelOptions> = {}): Promise<ModelAtServer> {
  return modelAtServer(script, { model: 'llama3.2', ...options }, (server) => {
    server.models = ['llama3.2:latest']
    server.extras.set('/api/version', { version: '0.12.6' })
    server.extras.set('/api/tags', {
      models: [
        {
          name: 'llama3.2:latest',
          capabilities: ['completion', 'tools'],
          details: { context_length: 131_072 },
        },
        {
          name: 'nomic-embed-text:latest',
          capabilities: ['embedding'],
          details: { context_length: 2_048 },
        },
      ],
    })
    server.extras.set('/api/ps', { models: [] })
  })
}

function lines(...objects: object[]): string {
  return objects.map((line) => `${JSON.stringify(line)}\n`).join('')
}

test('Ollama is asked by its own API where its settings matter, with tools, thoughts and counts', async () => {
  const bytes = new TextEncoder().encode(
    lines(
      { message: { content: '', thinking: 'Hm' }, done: false },
      { message: { content: 'Grüße 🎭' }, done: false },
      {
        message: { content: '', tool_calls: [{ function: { name: 'dice', arguments: { sides: 6 } } }] },
        done: false,
      },
      { message: { content: '' }, done: true, done_reason: 'stop', prompt_eval_count: 26, eval_count: 5 },
    ),
  )
  const cut = bytes.indexOf(0xf0) + 1
  const script = sendsRaw(bytes.slice(0, cut), bytes.slice(cut))
  await using at = await ollama(script, { ollama: { numCtx: 16_384, keepAlive: '-1' } })
  const events = await collect(at.model, {
    ...chatOf('hello'),
    settings: { temperature: 0.5, max_tokens: 50, reasoning_effort: 'none', repetition_penalty: 1.1 },
    stops: ['A:', 'B:', 'C:', 'D:', 'E:'],
  })
  expect(events).toMatchObject([
    { type: 'reasoning', text: 'Hm' },
    { type: 'text', text: 'Grüße 🎭' },
    { type: 'tool_call', name: 'dice', argumentsJson: '{"sides":6}' },
    { type: 'finish', reason: 'tool_calls', tokens: 5, report: { promptTokens: 26 } },
  ])
  expect(at.server.lastRequest.path).toBe('/api/chat')
  expect(at.server.lastRequest.body).toMatchObject({
    model: 'llama3.2',
    stream: true,
    keep_alive: -1,
    think: false,
    options: {
      num_ctx: 16_384,
      temperature: 0.5,
      num_predict: 50,
      repeat_penalty: 1.1,
      stop: ['A:', 'B:', 'C:', 'D:', 'E:'],
    },
  })
  expect(at.model.profile().contextTokens).toBe(16_384)
})

test('Ollama is asked by the compatible API where nothing of its own is set', async () => {
  await using at = await ollama(says('Hi.'))
  expect(textOf(await collect(at.model, chatOf('hello')))).toBe('Hi.')
  expect(at.server.lastRequest.path).toBe('/v1/chat/completions')
})

test('Ollama is asked by its own API how long to think, and a model that cannot think answers all the same', async () => {
  await using at = await ollama(sendsRaw(lines({ message: { content: 'Hi.' }, done: true })))
  at.server.answerInTurn(answers(400, { error: '"llama3.2" does not support thinking' }))
  const request = { ...chatOf('hello'), settings: { reasoning_effort: 'low' as const } }
  expect(textOf(await collect(at.model, request))).toBe('Hi.')
  const thoughts = at.server.requests.map(({ body }) => body)
  expect(thoughts[0]).toMatchObject({ think: true })
  expect(thoughts[1]).not.toHaveProperty('think')
})

test('another server is not bothered with what only Ollama knows', async () => {
  await using at = await ollama(says('Hi.'), { ollama: { numCtx: 16_384 } })
  at.server.extras.clear()
  expect(textOf(await collect(at.model, chatOf('hello')))).toBe('Hi.')
  expect(at.server.lastRequest.path).toBe('/v1/chat/completions')
})

test.each<[string, ChatScript, string]>([
  [
    'reports an error in the middle',
    sendsRaw(lines({ message: { content: 'I' } }, { error: 'out of memory' })),
    'out of memory',
  ],
  ['stops without saying that it is done', sendsRaw(lines({ message: { content: 'I' } })), 'broke off'],
  ['does not know the model', answers(404, { error: "model 'llama3.2' not found" }), 'not found'],
])('Ollama that %s is reported', async (_what, script, words) => {
  await using at = await ollama(script, { ollama: { keepAlive: '30m' } })
  expect((await failureOf(collect(at.model, chatOf('hello')))).message).toContain(words)
})

test('leaving a reply of Ollama closes its connection', async () => {
  await using at = await ollama(
    (exchange) => exchange.raw(lines({ message: { content: 'Well' }, done: false })),
    { ollama: { keepAlive: '30m' } },
  )
  for await (const event of at.model.streamReply(chatOf('hello'), NEVER)) {
    expect(event).toMatchObject({ text: 'Well' })
    break
  }
  await expect.poll(() => at.server.openCalls, { interval: 2 }).toBe(0)
})

test('Ollama’s models are known with the context they are really loaded with', async () => {
  await using at = await ollama(says('Hi.'))
  expect(await at.model.listModels(NEVER)).toEqual([
    {
      id: 'llama3.2:latest',
      contextTokens: 4_096,
      canUseTools: true,
      canSee: false,
      roles: 'free',
      isLanguageModel: true,
    },
  ])
  at.server.extras.set('/api/ps', { models: [{ name: 'llama3.2:latest', context_length: 32_768 }] })
  // The first reply loads the model, so it is worth asking again.
  await collect(at.model, chatOf('hello'))
  await expect.poll(() => at.model.profile().contextTokens, { interval: 2 }).toBe(32_768)
})

test('pullModel() has a model fetched and tells how far it is', async () => {
  const script = sendsRaw(
    lines(
      { status: 'pulling manifest' },
      { status: 'pulling abc', total: 1_000, completed: 250 },
      { status: 'pulling abc', total: 1_000, completed: 1_000 },
      { status: 'success' },
    ),
  )
  await using at = await ollama(script)
  const progress: PullProgress[] = []
  await at.model.pullModel?.('qwen3', (step) => progress.push(step), NEVER)
  expect(at.server.lastRequest.path).toBe('/api/pull')
  expect(at.server.lastRequest.body).toMatchObject({ model: 'qwen3', stream: true })
  expect(progress).toEqual([
    { status: 'pulling manifest' },
    { status: 'pulling abc', totalBytes: 1_000, completedBytes: 250 },
    { status: 'pulling abc', totalBytes: 1_000, completedBytes: 1_000 },
  ])
})

test.each<[string, ChatScript, RegExp]>([
  [
    'is not known',
    sendsRaw(lines({ status: 'pulling manifest' }, { error: 'file does not exist' })),
    /does not exist/u,
  ],
  ['breaks off', sendsRaw(lines({ status: 'pulling manifest' })), /broke off/u],
])('pullModel() fails when the model %s', async (_what, script, words) => {
  await using at = await ollama(script)
  expect((await failureOf(pull(at.model, NEVER))).message).toMatch(words)
})

test('pullModel() can be cancelled, and says so where there is no Ollama', async () => {
  await using at = await ollama((exchange) => exchange.raw(lines({ status: 'pulling manifest' })))
  const controller = new AbortController()
  const pulling = pull(at.model, controller.signal)
  await expect.poll(() => at.server.openCalls, { interval: 2 }).toBe(1)
  controller.abort(new Error('enough'))
  await expect(pulling).rejects.toThrow('enough')
  await expect.poll(() => at.server.openCalls, { interval: 2 }).toBe(0)
  at.server.extras.clear()
  expect((await failureOf(pull(at.model, NEVER))).message).toContain('is not Ollama')
})

test('a configured model that Ollama does not have is fetched, and meanwhile it is said so', async () => {
  await using at = await ollama(
    (exchange, { path }) => {
      if (path === '/api/pull') exchange.raw(lines({ status: 'pulling abc', total: 100, completed: 12 }))
      else exchange.answer(404, { error: { message: 'model "qwen3" not found' } })
    },
    { model: 'qwen3', ollama: { pullsMissing: true } },
  )
  await expect.poll(() => at.model.status().detail, { interval: 2 }).toContain('fetching qwen3 (12 %)')
  const failure = await failureOf(collect(at.model, chatOf('hello')))
  expect(failure.message).toContain('fetching qwen3 (12 %)')
  expect(at.server.requests.filter(({ path }) => path === '/api/pull')).toHaveLength(1)
})

async function pull(model: LanguageModel, signal: AbortSignal): Promise<void> {
  await model.pullModel?.('qwen3', () => {}, signal)
}
