import { expect, test } from 'vitest'
import { type LanguageModel, type ReplyEvent } from '../../../../backend/engines/contracts.ts'
import { LlmError } from '../../../../backend/engines/llm/llm-error.ts'
import { createOpenAiModel, type OpenAiModelOptions } from '../../../../backend/engines/llm/openai.ts'
import { chatOf, collect, failureOf, textOf } from '../../../contracts/language-model.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import {
  answers,
  asksToWait,
  breaksOffAfter,
  byModel,
  type ChatScript,
  type FakeChatServer,
  neverAnswers,
  resetsAfter,
  says,
  sendsRaw,
  stallsAfter,
  startFakeChatServer,
} from '../../../support/fake-chat-server.ts'

interface Bench extends AsyncDisposable {
  readonly server: FakeChatServer
  readonly clock: FakeClock
  readonly model: LanguageModel
}

const FALLBACK = 'I am the second one, and here I am.'
const RETRY = { maxRetries: 2, baseMs: 1_000, maxMs: 4_000 }

/** `first` answers as scripted, `second` stands behind it and is well. */
async function bench(script: ChatScript, options: Partial<OpenAiModelOptions> = {}): Promise<Bench> {
  const server = await startFakeChatServer()
  const clock = new FakeClock()
  server.script = byModel({ first: script, second: says(FALLBACK) })
  const model = createOpenAiModel({
    baseUrl: server.baseUrl,
    clock,
    model: 'first',
    fallbacks: [{ baseUrl: server.baseUrl, model: 'second' }],
    retry: RETRY,
    random: () => 1,
    ...options,
  })
  return {
    server,
    clock,
    model,
    async [Symbol.asyncDispose]() {
      await model[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
      expect(clock.pendingTimers).toBe(0)
    },
  }
}

function alone(script: ChatScript): Promise<Bench> {
  return bench(script, { fallbacks: [] })
}

function error(status: number, body: object): ChatScript {
  return answers(status, { error: body })
}

const STARTS: [string, ChatScript][] = [
  ['answers 429 and asks to wait an hour', asksToWait('3600')],
  ['answers 429 and names a date', asksToWait('Tue, 01 Jan 2030 00:00:09 GMT')],
  ['answers 500', error(500, { message: 'out of memory' })],
  ['answers 503', error(503, { message: 'loading' })],
  ['tears the connection down before the first word', resetsAfter()],
  ['ends without a word and without a finish reason', breaksOffAfter()],
  ['refuses the key', error(401, { message: 'no key' })],
  ['does not know the model', error(404, { message: 'model "first" not found' })],
  ['finds the prompt too long', error(400, { message: 'n', code: 'context_length_exceeded' })],
  ['refuses the content', error(400, { message: 'blocked', code: 'content_filter' })],
  ['streams garbage', sendsRaw('data: {"choices": [{]}\n\n')],
  ['streams bytes of no kind', sendsRaw(new Uint8Array(3_000))],
  ['answers a page', answers(200, '<html>hello</html>', 'text/html')],
  ['reports an error as its first event', sendsRaw('data: {"error":{"code":429,"message":"busy"}}\n\n')],
  [
    'is cut off while it thinks',
    sendsRaw(
      'data: {"choices":[{"delta":{"reasoning_content":"Hm, so"}}]}\n\n',
      'data: {"error":"gone"}\n\n',
    ),
  ],
  [
    'filters its own answer before the first word',
    sendsRaw('data: {"choices":[{"delta":{},"finish_reason":"content_filter"}]}\n\n'),
  ],
]

test.each(STARTS)('when a model %s, the next one answers without a pause', async (_what, script) => {
  await using at = await bench(script)
  const events = await collect(at.model, chatOf('hello'))
  expect(textOf(events)).toBe(FALLBACK)
  // The clock has not been moved: not a millisecond was slept between failure and next token.
  expect(at.clock.nowMs()).toBe(0)
  // (On a connection that is torn down after it had served before, a request is made once more at once.)
  expect([...new Set(at.server.requests.map(({ model }) => model))]).toEqual(['first', 'second'])
  expect(events.at(-1)).toMatchObject({
    type: 'finish',
    report: { model: 'second', failedModels: ['first'], attempts: 2 },
  })
})

test.each<[string, ChatScript]>([
  ['never answers', neverAnswers],
  ['stalls before the first word', stallsAfter()],
  [
    'stalls while it thinks',
    (exchange) => exchange.event({ choices: [{ delta: { reasoning: 'Hm, let me see' } }] }),
  ],
])('when a model %s, the next one answers as soon as patience has run out', async (_what, script) => {
  await using at = await bench(script, { fallbackAfterMs: 5_000 })
  const events: ReplyEvent[] = []
  const reading = (async () => {
    for await (const event of at.model.streamReply(chatOf('hello'), new AbortController().signal)) {
      events.push(event)
    }
  })()
  await expect.poll(() => at.server.requests.length, { interval: 2 }).toBe(1)
  await at.clock.advance(4_999)
  expect(textOf(events)).toBe('')
  await expect.poll(() => at.clock.advance(1).then(() => textOf(events)), { interval: 5 }).toBe(FALLBACK)
  await reading
  expect(at.clock.nowMs()).toBeLessThan(5_000 + 400)
})

const MIDDLES: [string, ChatScript, string][] = [
  ['breaks off', breaksOffAfter('One two', ' three'), 'engine_failed'],
  ['tears the connection down', resetsAfter('One two', ' three'), 'engine_failed'],
  [
    'reports an error',
    (exchange) => {
      exchange.delta('One two')
      exchange.delta(' three')
      exchange.event({ error: { code: 503, message: 'overloaded' } })
      exchange.end()
    },
    'engine_failed',
  ],
]

test.each(MIDDLES)(
  'when a model %s in the middle, it is said so, and no word comes twice',
  async (_what, script, code) => {
    await using at = await bench(script)
    const events: ReplyEvent[] = []
    const failure = await failureOf(
      (async () => {
        for await (const event of at.model.streamReply(chatOf('hello'), new AbortController().signal)) {
          events.push(event)
        }
      })(),
    )
    expect(failure).toBeInstanceOf(LlmError)
    expect(failure.code).toBe(code)
    expect(textOf(events)).toBe('One two three')
    expect(at.server.requests).toHaveLength(1)
  },
)

test('a stall in the middle is an error, not a reason to begin again', async () => {
  await using at = await bench(stallsAfter('One two', ' three'))
  const events: ReplyEvent[] = []
  const reading = failureOf(
    (async () => {
      for await (const event of at.model.streamReply(chatOf('hello'), new AbortController().signal)) {
        events.push(event)
      }
    })(),
  )
  await expect.poll(() => textOf(events), { interval: 2 }).toBe('One two three')
  await at.clock.advance(20_000)
  expect(await reading).toMatchObject({ code: 'engine_timeout', kind: 'timeout' })
  expect(at.server.requests).toHaveLength(1)
})

test('a connection that the server had closed meanwhile is no failure', async () => {
  await using at = await alone(says('Here.'))
  await collect(at.model, chatOf('hello'))
  at.server.answerInTurn(resetsAfter())
  const events = await collect(at.model, chatOf('hello'))
  expect(textOf(events)).toBe('Here.')
  expect(events.at(-1)).toMatchObject({ report: { failedModels: [], attempts: 1 } })
})

test('a model that has thought for long before it fails leaves the next one its time', async () => {
  await using at = await bench(
    async (exchange) => {
      for (let thought = 0; thought < 20; thought += 1) {
        exchange.event({ choices: [{ delta: { reasoning: 'Hm. ' } }] })
        await expect.poll(() => heard, { interval: 1 }).toBe(thought + 1)
        await at.clock.advance(4_000)
      }
      exchange.end()
    },
    { fallbackAfterMs: 5_000 },
  )
  let heard = 0
  const events: ReplyEvent[] = []
  for await (const event of at.model.streamReply(chatOf('hello'), new AbortController().signal)) {
    if (event.type === 'reasoning') heard += 1
    events.push(event)
  }
  expect(textOf(events)).toBe(FALLBACK)
  expect(at.clock.nowMs()).toBe(80_000)
})

test('whoever asks for more time than the others is not asked with them', async () => {
  await using at = await bench(says('unused'), { retry: { maxRetries: 1, baseMs: 1_000, maxMs: 4_000 } })
  at.server.script = byModel({ first: asksToWait('3'), second: error(503, {}) })
  const reading = failureOf(collect(at.model, chatOf('hello')))
  await expect.poll(() => at.server.requests.length, { interval: 2 }).toBe(2)
  await expect
    .poll(() => at.clock.advance(500).then(() => at.server.requests.length), { interval: 2 })
    .toBe(3)
  await reading
  expect(at.server.requests.map(({ model }) => model)).toEqual(['first', 'second', 'second'])
})

test('a single model is asked again after a pause that grows', async () => {
  await using at = await alone(says('Here.'))
  at.server.answerInTurn(error(500, {}), error(503, {}))
  const askedAtMs: number[] = []
  const { script } = at.server
  at.server.script = (exchange, request) => {
    askedAtMs.push(at.clock.nowMs())
    return script(exchange, request)
  }
  const reading = collect(at.model, chatOf('hello'))
  await expect.poll(() => at.clock.advance(100).then(() => askedAtMs.length), { interval: 2 }).toBe(3)
  const events = await reading
  expect(textOf(events)).toBe('Here.')
  expect(askedAtMs[0]).toBe(0)
  expect((askedAtMs[1] ?? 0) - 0).toBeGreaterThanOrEqual(1_000)
  expect((askedAtMs[2] ?? 0) - (askedAtMs[1] ?? 0)).toBeGreaterThanOrEqual(2_000)
  expect(events.at(-1)).toMatchObject({ report: { model: 'first', attempts: 3 } })
})

test('a single model that asks to wait is waited for', async () => {
  await using at = await alone(says('Here.'))
  at.server.answerInTurn(asksToWait('3'))
  const reading = collect(at.model, chatOf('hello'))
  await expect.poll(() => at.clock.pendingTimers, { interval: 2 }).toBeGreaterThan(0)
  await expect.poll(() => at.server.openCalls, { interval: 2 }).toBe(0)
  await at.clock.advance(2_900)
  expect(at.server.requests).toHaveLength(1)
  await at.clock.advance(100)
  expect(textOf(await reading)).toBe('Here.')
})

test('a single model that asks to wait for longer than anybody listens fails at once', async () => {
  await using at = await alone(asksToWait('30'))
  const failure = await failureOf(collect(at.model, chatOf('hello')))
  expect(failure).toMatchObject({ code: 'engine_rate_limited', kind: 'rate_limit', retryAfterMs: 30_000 })
  expect(at.server.requests).toHaveLength(1)
})

test.each<[string, ChatScript, Partial<LlmError>]>([
  ['a wrong key', error(401, {}), { kind: 'auth', status: 401, code: 'engine_rejected' }],
  ['an unknown model', error(404, {}), { kind: 'config', status: 404, code: 'engine_rejected' }],
  [
    'a prompt that is too long',
    error(400, { message: "This model's maximum context length is 4096 tokens" }),
    { kind: 'context_length', code: 'engine_rejected' },
  ],
  [
    'a refused content',
    error(400, { message: 'The response was filtered', code: 'content_filter' }),
    { kind: 'content_filter', code: 'engine_rejected' },
  ],
  [
    'an empty purse',
    error(429, { message: 'You exceeded your quota', code: 'insufficient_quota' }),
    { kind: 'rate_limit', code: 'engine_rate_limited' },
  ],
])('%s is not tried again', async (_what, script, expected) => {
  await using at = await alone(script)
  const failure = await failureOf(collect(at.model, chatOf('hello')))
  expect(failure).toMatchObject({ ...expected, isRetryable: false })
  expect(at.server.requests).toHaveLength(1)
})

test('when nobody can answer, the error is the first model’s and names the others', async () => {
  await using at = await bench(error(401, {}), {
    fallbacks: [{ baseUrl: 'http://127.0.0.1:9/v1', model: 'away' }],
    retry: { maxRetries: 0, baseMs: 1, maxMs: 1 },
  })
  const failure = await failureOf(collect(at.model, chatOf('hello')))
  expect(failure).toMatchObject({ kind: 'auth' })
  expect(failure.message).toMatch(/refused the API key.*fallbacks failed, too: away/u)
})

test('a model that refuses the key is left out for a while, then asked again', async () => {
  await using at = await bench(error(401, {}), { cooldownMs: 10_000 })
  await collect(at.model, chatOf('hello'))
  await collect(at.model, chatOf('hello'))
  expect(at.server.requests.map(({ model }) => model)).toEqual(['first', 'second', 'second'])
  expect(at.model.status().detail).toContain('refused the API key')
  await at.clock.advance(10_000)
  await collect(at.model, chatOf('hello'))
  expect(at.server.requests.map(({ model }) => model).slice(3)).toEqual(['first', 'second'])
})

test('a model is left out after three failures, and a success in between forgives them', async () => {
  await using at = await bench(says('Fine.'), { cooldownMs: 10_000 })
  const asked = async (script: ChatScript): Promise<string[]> => {
    const from = at.server.requests.length
    at.server.script = byModel({ first: script, second: says(FALLBACK) })
    await collect(at.model, chatOf('hello'))
    return at.server.requests.slice(from).map(({ model }) => model)
  }
  const fails = error(500, {})
  for (const script of [fails, fails, says('Fine.'), fails, fails, fails]) await asked(script)
  expect(await asked(says('Fine.'))).toEqual(['second'])
})

test('the prompt tells of the model that would answer', async () => {
  await using at = await bench(error(401, {}), {
    models: [
      { id: 'first', contextTokens: 32_000 },
      { id: 'second', contextTokens: 4_000 },
    ],
  })
  expect(at.model.profile()).toMatchObject({ id: 'first', contextTokens: 32_000 })
  await collect(at.model, chatOf('hello'))
  expect(at.model.profile()).toMatchObject({ id: 'second', contextTokens: 4_000 })
  expect(at.model.profile('first')).toMatchObject({ id: 'first', contextTokens: 32_000 })
})

test('a fallback with less context gets the newest messages that fit', async () => {
  await using at = await bench(error(500, {}), { models: [{ id: 'second', contextTokens: 2_000 }] })
  const messages = [
    { role: 'system' as const, content: 'You are Ada.' },
    ...Array.from({ length: 400 }, (_, index) => ({
      role: index % 2 === 0 ? ('user' as const) : ('assistant' as const),
      content: `This is sentence number ${index} of a long conversation.`,
    })),
  ]
  await collect(at.model, { ...chatOf(''), messages })
  const [all, fitted] = at.server.requests.map(({ body }) => JSON.stringify(body))
  expect(all).toContain('sentence number 0 ')
  expect(fitted).not.toContain('sentence number 0 ')
  expect(fitted).toContain('You are Ada.')
  expect(fitted).toContain('sentence number 399 ')
  expect((fitted ?? '').length).toBeLessThan(12_000)
})
