import { expect, test } from 'vitest'
import { SwitchableModel } from '../../../../backend/engines/llm/switchable-model.ts'
import { chatOf, collect, failureOf, textOf } from '../../../contracts/language-model.ts'
import { FakeClock, settled } from '../../../fakes/fake-clock.ts'
import { FakeLanguageModel } from '../../../fakes/fake-language-model.ts'

test('a reply that has begun is finished by the model that began it, the next one comes from the new one', async () => {
  const clock = new FakeClock()
  const old = new FakeLanguageModel(clock, { deltas: ['old', ' words'], tokenMs: 10 })
  const next = new FakeLanguageModel(clock, { deltas: ['new'] })
  await using model = new SwitchableModel(old)
  const running = collect(model, chatOf('hello'))
  await settled()
  model.replace(next)
  expect(old.status().ready).toBe(true)
  expect(textOf(await collect(model, chatOf('hello')))).toBe('new')
  await clock.advance(10)
  expect(textOf(await running)).toBe('old words')
  await settled()
  expect(old.status().ready).toBe(false)
  expect(next.status().ready).toBe(true)
})

test('a model that is not replying is let go at once', async () => {
  const old = new FakeLanguageModel(new FakeClock())
  await using model = new SwitchableModel(old)
  model.replace(new FakeLanguageModel(new FakeClock()))
  await settled()
  expect(old.status().ready).toBe(false)
})

test('disposing lets go of those that are still replying, too', async () => {
  const clock = new FakeClock()
  const old = new FakeLanguageModel(clock, { deltas: ['old'], ending: 'stall' })
  const model = new SwitchableModel(old)
  const running = failureOf(collect(model, chatOf('hello')))
  await settled()
  model.replace(new FakeLanguageModel(clock))
  await model[Symbol.asyncDispose]()
  expect((await running).code).toBe('engine_unavailable')
})

test('a model that fetches nothing says so', async () => {
  await using model = new SwitchableModel(new FakeLanguageModel(new FakeClock()))
  const failure = await failureOf(model.pullModel('x', () => {}, new AbortController().signal))
  expect(failure.message).toContain('fetches no models')
})
