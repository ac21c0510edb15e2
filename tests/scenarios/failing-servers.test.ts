import { describe, expect, it } from 'vitest'
import { createOpenAiModel } from '../../backend/engines/llm/openai.ts'
import { createOpenAiSynthesizer } from '../../backend/engines/tts/openai.ts'
import { systemClock } from '../../backend/lib/clock.ts'
import * as chat from '../support/fake-chat-server.ts'
import * as speech from '../support/fake-speech-server.ts'
import { startTestApp } from '../support/test-app.ts'

/** Long enough for an honest answer on a busy machine, short enough to wait for a dead server. */
const PATIENCE_MS = 700
const clock = systemClock
const sound = speech.speaks((input) => [new Uint8Array(input.length * 200)])

async function failingModel(script: chat.ChatScript) {
  const server = await chat.startFakeChatServer()
  server.answerInTurn(script)
  const model = createOpenAiModel({
    baseUrl: server.baseUrl,
    clock,
    model: 'fake',
    firstTokenTimeoutMs: PATIENCE_MS,
    tokenTimeoutMs: PATIENCE_MS,
  })
  const app = await startTestApp({ engines: { model } })
  return { server, app }
}

describe('a language model server that', () => {
  const cases: [string, chat.ChatScript, string][] = [
    ['never answers', chat.neverAnswers, 'engine_timeout'],
    ['stalls in the middle', chat.stallsAfter('One two ', 'three'), 'engine_timeout'],
    ['breaks off in the middle', chat.breaksOffAfter('One two ', 'three'), 'engine_failed'],
    ['tears the connection down', chat.resetsAfter('One two ', 'three'), 'engine_failed'],
    ['answers 500', chat.answers(500, { error: { message: 'out of memory' } }), 'engine_failed'],
    ['answers 429', chat.answers(429, { error: { message: 'slow down' } }), 'engine_rate_limited'],
    ['answers 401', chat.answers(401, { error: { message: 'no key' } }), 'engine_rejected'],
    ['answers garbage', chat.answers(200, '<html>hello</html>', 'text/html'), 'engine_failed'],
    ['streams garbage', chat.sendsRaw('data: {"choices": [{]}\n\n'), 'engine_failed'],
  ]
  for (const [what, script, code] of cases) {
    it(`${what} gives one error and a failed turn, and the next turn works`, async () => {
      const { server, app } = await failingModel(script)
      await using _server = server
      await using _app = app
      await using client = await app.connect()
      client.send('user_message', { text: 'Hello' })
      expect(await client.event('turn_ended')).toMatchObject({ data: { outcome: 'failed' } })
      expect(client.events('error')).toMatchObject([{ data: { code } }])
      const from = client.received.length
      client.send('user_message', { text: 'Again' })
      expect(await client.event('turn_ended', { from })).toMatchObject({ data: { outcome: 'completed' } })
      expect(client.events('error')).toHaveLength(1)
      await client.until(() => (server.openCalls === 0 ? true : undefined), 'all calls to be closed', 2_000)
    })
  }

  it('is interrupted has its connection closed', async () => {
    const { server, app } = await failingModel(chat.stallsAfter('One two three. ', 'Four'))
    await using _server = server
    await using _app = app
    await using client = await app.connect()
    client.send('user_message', { text: 'Hello' })
    await client.event('text_chunk')
    client.send('interrupt')
    await client.event('interrupt_ack')
    await server.lastRequest.exchange.closed
    expect(server.openCalls).toBe(0)
  })
})

describe('a speech server that', () => {
  const cases: [string, speech.SpeechScript, string][] = [
    ['never answers', speech.neverAnswers, 'engine_timeout'],
    ['stalls in the middle', speech.stallsAfter(new Uint8Array(4800)), 'engine_timeout'],
    ['breaks off in the middle', speech.breaksOffAfter(new Uint8Array(4801)), 'engine_failed'],
    ['answers 500', speech.answers(500, '{}'), 'engine_failed'],
    ['answers 429', speech.answers(429, '{}'), 'engine_rate_limited'],
    ['answers garbage', speech.answers(200, '<html>', 'text/html'), 'engine_failed'],
  ]
  for (const [what, script, code] of cases) {
    it(`${what} gives one error, all of the text and a failed turn, and the next turn works`, async () => {
      let isBroken = true
      await using server = await speech.startFakeSpeechServer((response, input) =>
        (isBroken ? script : sound)(response, input),
      )
      const synthesizer = createOpenAiSynthesizer({
        baseUrl: server.baseUrl,
        model: 'fake',
        clock,
        firstByteTimeoutMs: PATIENCE_MS,
        stallTimeoutMs: PATIENCE_MS,
      })
      await using app = await startTestApp({ engines: { synthesizer } })
      await using client = await app.connect()
      client.send('user_message', { text: 'Hello' })
      expect(await client.event('turn_ended')).toMatchObject({ data: { outcome: 'failed' } })
      expect(client.events('error')).toMatchObject([{ data: { code } }])
      expect(client.events('text_stream_stop')).toMatchObject([
        { data: { text: 'One two three. Four five six seven.' } },
      ])
      isBroken = false
      const from = client.received.length
      client.send('user_message', { text: 'Again' })
      expect(await client.event('turn_ended', { from })).toMatchObject({ data: { outcome: 'completed' } })
      await client.until(() => (server.openCalls() === 0 ? true : undefined), 'all calls to be closed', 2_000)
    })
  }
})
