import { expect, test } from 'vitest'
import { Config } from '../../../backend/config.ts'
import { createLanguageModel } from '../../../backend/engines/registry.ts'
import { chatOf, collect, textOf } from '../../contracts/language-model.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { answers, byModel, says, startFakeChatServer } from '../../support/fake-chat-server.ts'

const fails = answers(500, { error: { message: 'no' } })

test('createLanguageModel() takes what is embedded where no server is set', async () => {
  await using model = createLanguageModel(Config.parse({}), new FakeClock())
  expect(model.name).toBe('scripted')
  expect(model.profile()).toMatchObject({ isLanguageModel: false })
})

test('createLanguageModel() puts the fallback models of the settings behind the first, those of its server first', async () => {
  await using near = await startFakeChatServer()
  await using far = await startFakeChatServer()
  near.script = byModel({ one: fails, two: fails, four: fails })
  far.script = byModel({ three: says('Here.') })
  const config = Config.parse({
    llm_base_url: near.baseUrl,
    llm_api_key: 'near-key',
    llm_model: 'one',
    llm_fallback_models: 'two',
    llm_fallbacks: [{ model: 'four' }, { base_url: far.baseUrl, model: 'three' }],
    llm_models: [{ id: 'one', context_tokens: 5_000, tools: false }],
  })
  await using model = createLanguageModel(config, new FakeClock())
  expect(model.profile()).toMatchObject({ id: 'one', contextTokens: 5_000, canUseTools: false })
  const events = await collect(model, chatOf('hello'))
  expect(textOf(events)).toBe('Here.')
  expect(events.at(-1)).toMatchObject({ report: { model: 'three', failedModels: ['one', 'two', 'four'] } })
  expect(near.requests.map(({ authorization }) => authorization)).toEqual(Array(3).fill('Bearer near-key'))
  // Our key is nothing for strangers.
  expect(far.lastRequest.authorization).toBeUndefined()
})
