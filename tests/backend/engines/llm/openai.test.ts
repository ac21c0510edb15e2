import { expect, test } from 'vitest'
import { type ModelSettings } from '#shared/entities.ts'
import { type ReplyEvent } from '../../../../backend/engines/contracts.ts'
import { chatOf, collect, failureOf, textOf } from '../../../contracts/language-model.ts'
import { answers, says, sendsRaw } from '../../../support/fake-chat-server.ts'
import { modelAtServer } from '../../../support/model-at-server.ts'

function withSettings(settings: ModelSettings): ReturnType<typeof chatOf> {
  return { ...chatOf('hello'), settings }
}

test('streamReply() asks for a stream with the messages, the model and the key', async () => {
  await using at = await modelAtServer(says('Hi.'), { model: 'small', apiKey: 'secret' })
  await collect(at.model, chatOf('hello'))
  expect(at.server.lastRequest.path).toBe('/v1/chat/completions')
  expect(at.server.lastRequest.authorization).toBe('Bearer secret')
  expect(at.server.lastRequest.body).toEqual({
    model: 'small',
    messages: chatOf('hello').messages,
    stream: true,
    stream_options: { include_usage: true },
  })
})

test('streamReply() passes sampling settings on only when they are set', async () => {
  await using at = await modelAtServer(says('Hi.'), { model: 'small' })
  const settings = { model: 'other', temperature: 0.7, min_p: 0.05, top_k: 40, repetition_penalty: 1.1 }
  await collect(at.model, withSettings({ ...settings, max_tokens: 200 }))
  expect(at.server.lastRequest.body).toMatchObject({ ...settings, max_tokens: 200 })
  expect(at.server.lastRequest.body).not.toHaveProperty('top_p')
  expect(at.server.lastRequest.body).not.toHaveProperty('presence_penalty')
})

test('streamReply() sends no key when none is configured', async () => {
  await using at = await modelAtServer(says('Hi.'))
  await collect(at.model, chatOf('hello'))
  expect(at.server.lastRequest.authorization).toBeUndefined()
})

test('streamReply() makes names fit for the wire', async () => {
  await using at = await modelAtServer(says('Hi.'))
  const request = { ...chatOf(''), messages: [{ role: 'user' as const, name: 'Ann Lee <x>', content: 'a' }] }
  await collect(at.model, request)
  expect(at.server.lastRequest.body).toMatchObject({ messages: [{ name: 'Ann_Lee_x_' }] })
})

test('streamReply() takes the first model that can chat when none is configured', async () => {
  await using at = await modelAtServer(says('Hi.'))
  at.server.models = ['nomic-embed-text', 'llama', 'other']
  await collect(at.model, chatOf('hello'))
  expect(at.server.lastRequest.body).toMatchObject({ model: 'llama' })
  expect(at.model.status().detail).toContain('llama')
})

test('streamReply() says so when the server lists no model', async () => {
  await using at = await modelAtServer(says('Hi.'))
  at.server.models = []
  const error = await failureOf(collect(at.model, chatOf('hello')))
  expect(error).toMatchObject({ code: 'engine_unavailable' })
  expect(error.message).toContain('lists no model')
})

test('streamReply() goes without the token count where a server refuses to be asked', async () => {
  await using at = await modelAtServer(says('Hi.'))
  at.server.answerInTurn(answers(400, { error: { message: 'unknown field stream_options' } }))
  expect(textOf(await collect(at.model, chatOf('hello')))).toBe('Hi.')
  await collect(at.model, chatOf('hello'))
  expect(at.server.requests.map(({ body }) => JSON.stringify(body).includes('stream_options'))).toEqual([
    true,
    false,
    false,
  ])
})

test('streamReply() keeps connections alive', async () => {
  await using at = await modelAtServer(says('One two three.'))
  // The server is asked about its models beside the first reply; here, before it.
  await at.model.listModels(new AbortController().signal)
  for (let call = 0; call < 5; call++) await collect(at.model, chatOf('hello'))
  expect(at.server.acceptedSockets).toBeLessThanOrEqual(2)
})

test('streamReply() reports why the model stopped and how many tokens it used', async () => {
  await using at = await modelAtServer((exchange) => {
    exchange.delta('And so')
    exchange.finish('length', 42)
  })
  const events = await collect(at.model, chatOf('hello'))
  expect(events.at(-1)).toEqual({
    type: 'finish',
    reason: 'length',
    tokens: 42,
    report: { model: 'fake-model', failedModels: [], attempts: 1 },
  })
})

test('streamReply() does not wait for a server that keeps the stream open after the finish', async () => {
  await using at = await modelAtServer((exchange) => {
    exchange.delta('Done')
    exchange.event({ choices: [{ delta: {}, finish_reason: 'stop' }] })
  })
  let isDone = false
  const reading = collect(at.model, chatOf('hello')).finally(() => {
    isDone = true
  })
  await expect.poll(() => at.server.openCalls, { interval: 2 }).toBe(1)
  await expect.poll(() => at.clock.advance(50).then(() => isDone), { interval: 5 }).toBe(true)
  expect((await reading).at(-1)).toMatchObject({ type: 'finish', reason: 'stop' })
})

test('streamReply() waits a minute for the first token and twenty seconds for each other one', async () => {
  await using at = await modelAtServer((exchange) => exchange.delta('Well'))
  const events: ReplyEvent[] = []
  const reading = failureOf(
    (async () => {
      for await (const event of at.model.streamReply(chatOf('hello'), new AbortController().signal)) {
        events.push(event)
      }
    })(),
  )
  await expect.poll(() => events.length, { interval: 2 }).toBe(1)
  await at.clock.advance(19_999)
  expect(at.clock.pendingTimers).toBe(1)
  await at.clock.advance(1)
  const error = await reading
  expect(error.code).toBe('engine_timeout')
  expect(error.message).toContain('20 s')
  await expect.poll(() => at.server.openCalls, { interval: 2 }).toBe(0)
})

test('streamReply() reads CRLF lines, comments and characters split across packets', async () => {
  const bytes = new TextEncoder().encode('data: {"choices":[{"delta":{"content":"Grüße 🎭"}}]}\r\n\r\n')
  const cut = bytes.indexOf(0xf0) + 2
  const finish = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\r\n\r\n'
  await using at = await modelAtServer(
    sendsRaw(': hello\r\n\r\n', bytes.slice(0, cut), bytes.slice(cut), finish),
  )
  expect(textOf(await collect(at.model, chatOf('hello')))).toBe('Grüße 🎭')
})

test('streamReply() tells thoughts from the reply', async () => {
  await using at = await modelAtServer((exchange) => {
    exchange.event({ choices: [{ delta: { reasoning_content: 'Hm' } }] })
    exchange.event({ choices: [{ delta: { reasoning: ', well' } }] })
    for (const piece of ['<thi', 'nk>What does', ' he want?</th', 'ink>\n', '\nHello', ' <3'])
      exchange.delta(piece)
    exchange.finish()
  })
  const events = await collect(at.model, chatOf('hello'))
  expect(textOf(events)).toBe('Hello <3')
  const thoughts = events.map((event) => (event.type === 'reasoning' ? event.text : '')).join('')
  expect(thoughts).toBe('Hm, wellWhat does he want?')
})

test.each([
  [{ error: { code: 429, message: 'slow down' } }, 'engine_rate_limited', '429'],
  [{ error: { code: 402, message: 'no credits left' } }, 'engine_rejected', 'no credits left'],
  [{ error: { code: 'oops', message: 'out of memory' } }, 'engine_failed', 'out of memory'],
  [{ error: 'plain words' }, 'engine_failed', 'broke off'],
  [{ choices: [{ delta: {}, finish_reason: 'error' }] }, 'engine_failed', 'broke off'],
])('streamReply() maps an error in the middle of the stream: %j', async (event, code, words) => {
  await using at = await modelAtServer((exchange) => {
    exchange.delta('I was')
    exchange.event(event)
    exchange.end()
  })
  const error = await failureOf(collect(at.model, chatOf('hello')))
  expect(error.code).toBe(code)
  expect(error.message).toContain(words)
})

test('streamReply() repeats what the server said against the request', async () => {
  await using at = await modelAtServer(
    answers(404, { error: { message: 'model "x" not found, try pulling it' } }),
  )
  const error = await failureOf(collect(at.model, chatOf('hello')))
  expect(error).toMatchObject({ code: 'engine_rejected', isRetryable: false })
  expect(error.message).toContain('model "x" not found')
})

test('streamReply() ends a reply that does not end', async () => {
  await using at = await modelAtServer(async (exchange) => {
    while (!exchange.isClosed) {
      exchange.delta('and so on '.repeat(200))
      await new Promise((resolve) => setImmediate(resolve))
    }
  })
  const events = await collect(at.model, chatOf('hello'))
  expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'length' })
  expect(textOf(events).length).toBeLessThan(70_000)
  await expect.poll(() => at.server.openCalls, { interval: 2 }).toBe(0)
})
