import { expect, test } from 'vitest'
import { createScriptedModel } from '../../../../../backend/engines/llm/scripted/scripted-model.ts'
import { chatOf, collect, textOf } from '../../../../contracts/language-model.ts'
import { FakeClock } from '../../../../fakes/fake-clock.ts'

test('streamReply() streams word by word at the pace of a quick model', async () => {
  const clock = new FakeClock()
  await using model = createScriptedModel({ clock })
  const reading = collect(model, chatOf('tell me a story'))
  await clock.runUntilIdle()
  const events = await reading
  const words = textOf(events).split(' ').length
  expect(events).toHaveLength(words + 1)
  expect(clock.nowMs()).toBe(60 + (words - 1) * 30)
  expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop', tokens: words })
})

test('status() says that it is no language model', async () => {
  await using model = createScriptedModel({ clock: new FakeClock() })
  expect(model.status()).toEqual({ name: 'scripted', ready: true, detail: 'scripted, not a language model' })
})

test('streamReply() leaves no timer behind when it is cancelled', async () => {
  const clock = new FakeClock()
  await using model = createScriptedModel({ clock })
  const controller = new AbortController()
  const reading = collect(model, chatOf('hello'), controller.signal)
  await clock.advance(100)
  controller.abort(new Error('stop'))
  await expect(reading).rejects.toThrow('stop')
  expect(clock.pendingTimers).toBe(0)
})
