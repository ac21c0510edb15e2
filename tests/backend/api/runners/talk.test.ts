import { describe, expect, it } from 'vitest'
import { RunnerTalkEvent } from '#shared/entities.ts'
import { talkEvents } from '../../../../backend/api/runners/talk.ts'
import { type ReplyEvent } from '../../../../backend/engines/contracts.ts'
import { type Clock, systemClock } from '../../../../backend/lib/clock.ts'
import { FakeLanguageModel } from '../../../fakes/fake-language-model.ts'
import { runnersApp } from '../../../support/runners-app.ts'

const HELLO = { messages: [{ role: 'user', content: 'Hello' }] }

function saying(body: object): RequestInit {
  return { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
}

describe('a few words with a runner', () => {
  it('start it, come word by word, and end with how fast it was', async () => {
    await using app = await runnersApp(
      { nova: { aliases: ['star'], env: { FAKE_LOAD_MS: '200', FAKE_TOKEN_MS: '10' } } },
      // Without any door for other programs.
      { config: { openai_api: false } },
    )
    await using talk = await app.listen('/api/runners/star/talk', saying(HELLO))
    await talk.ended
    const events = talk.all.map((event) => RunnerTalkEvent.parse(event))
    const words = events.flatMap((event) => (event.type === 'text' ? [event.text] : []))
    expect(words.join('')).toBe('Hello there, traveller. The storm is near.')
    expect(words.length).toBeGreaterThan(3)
    const last = events.at(-1)
    if (last?.type !== 'done') throw new Error(`It ended with ${JSON.stringify(last)}`)
    expect(last.tokens).toBeGreaterThan(5)
    expect(last.tokens_per_second).toBeGreaterThan(1)
    expect(last.first_token_ms).toBeGreaterThanOrEqual(0)
    expect(app.local.service.find('nova')).toMatchObject({ state: 'ready', active: 0 })
  })

  it('are timed from when it is ready, as loading says nothing of how fast it is', async () => {
    let nowMs = 0
    const clock: Clock = { ...systemClock, nowMs: () => nowMs }
    class SlowModel extends FakeLanguageModel {
      override async *streamReply(): AsyncGenerator<ReplyEvent, void> {
        nowMs += 5_300
        yield { type: 'text', text: 'Hello' }
        nowMs += 2_000
        const report = { model: 'nova', failedModels: [], attempts: 1, loadMs: 5_000 }
        yield { type: 'finish', reason: 'stop', tokens: 30, report }
      }
    }
    const told: RunnerTalkEvent[] = []
    const messages = [{ role: 'user' as const, content: 'Hello' }]
    const talk = { model: new SlowModel(clock), clock }
    const events = talkEvents(talk, { id: 'nova', messages }, new AbortController().signal)
    for await (const event of events) told.push(event)
    expect(told.at(-1)).toEqual({ type: 'done', tokens: 30, tokens_per_second: 15, first_token_ms: 300 })
  })

  it('hold what was said before', async () => {
    await using app = await runnersApp({ nova: {} })
    const messages = [...HELLO.messages, { role: 'assistant', content: 'Hi.' }, ...HELLO.messages]
    await using talk = await app.listen('/api/runners/nova/talk', saying({ messages }))
    await talk.like({ type: 'done' })
    const wrong = { messages: [{ role: 'system', content: 'You are a pirate' }] }
    expect(await app.ask('POST', '/api/runners/nova/talk', wrong)).toMatchObject({ status: 400 })
    expect(await app.ask('POST', '/api/runners/nova/talk', { messages: [] })).toMatchObject({ status: 400 })
  })

  it('are broken off when nobody listens any more', async () => {
    await using app = await runnersApp({ nova: { env: { FAKE_TOKEN_MS: '500' } } })
    {
      await using talk = await app.listen('/api/runners/nova/talk', saying(HELLO))
      await talk.like({ type: 'text' })
      expect(app.local.service.find('nova')?.active).toBe(1)
    }
    await expect.poll(() => app.local.service.find('nova')?.active).toBe(0)
    expect(app.local.service.find('nova')).toMatchObject({ state: 'ready', restarts: 0 })
  })

  it.each([
    [{ env: { FAKE_DIE_LOADING: 'error: out of memory' } }, /out of memory/u],
    [{ env: { FAKE_DIE_AFTER_TOKENS: '3' } }, /"nova" crashed \(exit code 3\)/u],
    [{ embeddings: true }, /does embeddings, not chat/u],
  ])('that cannot be had say why (%j)', async (runner, said) => {
    await using app = await runnersApp({ nova: runner })
    await using talk = await app.listen('/api/runners/nova/talk', saying(HELLO))
    expect(talk.response.status).toBe(200)
    await talk.ended
    expect(talk.all.at(-1)).toEqual({ type: 'error', message: expect.stringMatching(said) })
  })
})
