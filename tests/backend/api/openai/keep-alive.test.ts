import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { AppError } from '../../../../backend/errors.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { FakeLanguageModel, type FakeReply } from '../../../fakes/fake-language-model.ts'
import { openAiDoor } from '../../../support/open-ai-door.ts'

/** What is sent while a model takes 25 seconds to its first word. */
async function sentWhileWaiting(reply: Partial<FakeReply>): Promise<{ status: number; sent: string }> {
  const clock = new FakeClock()
  const model = new FakeLanguageModel(clock, { deltas: ['Hello'], firstTokenMs: 25_000, ...reply })
  await using door = await openAiDoor({ engines: { model }, clock })
  const asked = fetch(`${door.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'fake-model', stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
  })
  await expect.poll(() => model.openCalls).toBe(1)
  await clock.advance(30_000)
  const response = await asked
  return { status: response.status, sent: response.body ? await text(response.body) : '' }
}

test('a stream whose model is slow is kept alive until its first word', async () => {
  const { status, sent } = await sentWhileWaiting({})
  expect(status).toBe(200)
  expect(sent).toMatch(/^(?:: ping\n\n)+data: \{.*"content":"Hello"/)
  expect(sent.endsWith('data: [DONE]\n\n')).toBe(true)
})

test('a stream that was kept alive and then fails ends with the reason', async () => {
  const ending = new AppError('engine_unavailable', 'The server is away')
  const { status, sent } = await sentWhileWaiting({ deltas: [], ending })
  expect(status).toBe(200)
  expect(sent).toMatch(/^(?:: ping\n\n)+data: \{"error":\{"message":"The server is away"/)
})
