import { CharacterDraft } from '#shared/entities.ts'
import { Chat, LMStudioClient, rawFunctionTool } from '@lmstudio/sdk'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type LanguageModel } from '../../../../backend/engines/contracts.ts'
import { AppError } from '../../../../backend/errors.ts'
import { systemClock } from '../../../../backend/lib/clock.ts'
import { FakeLanguageModel } from '../../../fakes/fake-language-model.ts'
import { type OpenDoor, openLmStudioDoor } from '../../../support/other-doors.ts'

/** Everything through the SDK that people use, as it comes from npm. */

let door: OpenDoor
let client: LMStudioClient
let model: FakeLanguageModel

const embedding = { id: 'nomic-embed-text', contextTokens: 2_048, canUseTools: false }
const reach: Partial<LanguageModel> = {
  embed: async ({ inputs }) => ({ vectors: inputs.map(() => [0.6, 0.8]), promptTokens: 3 }),
}

beforeEach(async () => {
  model = Object.assign(new FakeLanguageModel(systemClock), reach)
  const { modelProfile } = model
  model.listModels = () => Promise.resolve([modelProfile, { ...modelProfile, ...embedding }])
  door = await openLmStudioDoor({ model })
  await door.store.characters.create(CharacterDraft.parse({ name: 'Nova', system_prompt: 'You fly a ship.' }))
  client = new LMStudioClient({ baseUrl: door.url.replace('http', 'ws'), verboseErrorMessages: false })
})
afterEach(async () => {
  await client[Symbol.asyncDispose]()
  await door[Symbol.asyncDispose]()
})

describe('LM Studio’s SDK', () => {
  test('sees which models there are, and which are loaded', async () => {
    const downloaded = await client.system.listDownloadedModels()
    expect(downloaded.map(({ modelKey, type }) => [modelKey.replace(/:.*/, ''), type])).toEqual([
      ['fake-model', 'llm'],
      ['nomic-embed-text', 'embedding'],
      ['character', 'llm'],
    ])
    const loaded = await client.llm.listLoaded()
    expect(loaded.map(({ displayName }) => displayName)).toEqual(['fake-model', 'Nova'])
    expect((await client.embedding.listLoaded()).map(({ identifier }) => identifier)).toEqual([
      'nomic-embed-text',
    ])
    expect(await client.system.getLMStudioVersion()).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+/),
    })
  })

  test('has a model answer, with its settings, and is told how it went', async () => {
    const llm = await client.llm.model('fake-model')
    const reply = await llm.respond('Hi', {
      temperature: 0.3,
      maxTokens: 50,
      topKSampling: 40,
      topPSampling: 0.9,
      repeatPenalty: 1.2,
      stopStrings: ['\n'],
    })
    expect(reply.content).toBe('Hello there.')
    expect(reply.stats).toMatchObject({ stopReason: 'eosFound', predictedTokensCount: 2 })
    expect(reply.modelInfo.identifier).toBe('fake-model')
    expect(model.requests[0]).toMatchObject({
      messages: [{ role: 'user', content: 'Hi' }],
      settings: { temperature: 0.3, max_tokens: 50, top_k: 40, top_p: 0.9, repetition_penalty: 1.2 },
      stops: ['\n'],
    })
  })

  test('hears the answer word by word, thoughts apart', async () => {
    model.plan({ deltas: ['Four', '.'], reasoning: 'Two and two' })
    const llm = await client.llm.model('fake-model')
    const pieces: string[] = []
    const prediction = llm.respond('2+2?')
    for await (const { content, reasoningType } of prediction) pieces.push(`${reasoningType}:${content}`)
    expect(pieces).toEqual([
      'reasoningStartTag:<think>',
      'reasoning:Two and two',
      'reasoningEndTag:</think>',
      'none:Four',
      'none:.',
    ])
    const result = await prediction.result()
    expect([result.nonReasoningContent, result.reasoningContent]).toEqual(['Four.', 'Two and two'])
  })

  test('talks with a character', async () => {
    const llm = await client.llm.model('character:nova')
    const chat = Chat.from([
      { role: 'system', content: 'It rains.' },
      { role: 'user', content: 'Hello' },
    ])
    expect((await llm.respond(chat)).content).toBe('Hello there.')
    const prompt = JSON.stringify(model.requests[0]?.messages)
    expect(prompt).toContain('You fly a ship.')
    expect(prompt).toContain('It rains.')
  })

  test('stops a reply in its middle, and has what was said until then', async () => {
    model.plan({ deltas: ['Once', ' upon'], ending: 'stall' })
    const llm = await client.llm.model('fake-model')
    const prediction = llm.respond('Tell me a story')
    let heard = ''
    for await (const { content } of prediction) {
      heard += content
      if (heard === 'Once upon') await prediction.cancel()
    }
    expect(heard).toBe('Once upon')
    expect((await prediction.result()).stats.stopReason).toBe('userStopped')
    await expect.poll(() => model.openCalls).toBe(0)
  })

  test('lets the model use tools, and carries their results back', async () => {
    const call = { id: 'call_1', name: 'roll', argumentsJson: '{"sides":6}' }
    model.plan({ deltas: [], toolCalls: [call] }, { deltas: ['You rolled a 4.'] })
    const roll = rawFunctionTool({
      name: 'roll',
      description: 'Rolls a die',
      parametersJsonSchema: { type: 'object', properties: { sides: { type: 'number' } } },
      implementation: ({ sides }) => Number(sides) - 2,
    })
    const llm = await client.llm.model('fake-model')
    const said: string[] = []
    await llm.act('Roll a die', [roll], { onMessage: (message) => said.push(message.getText()) })
    expect(said.at(-1)).toBe('You rolled a 4.')
    expect(model.requests[0]?.tools).toMatchObject([{ name: 'roll', description: 'Rolls a die' }])
    expect(model.requests[1]?.messages.slice(-2)).toMatchObject([
      { role: 'assistant', toolCalls: [call] },
      { role: 'tool', content: '4', toolCallId: 'call_1' },
    ])
  })

  test('has answers in the shape of a schema', async () => {
    model.plan({ deltas: ['{"mood":"calm"}'] })
    const jsonSchema = { type: 'object', properties: { mood: { type: 'string' } }, required: ['mood'] }
    const llm = await client.llm.model('fake-model')
    const reply = await llm.respond('Your mood?', { structured: { type: 'json', jsonSchema } })
    expect(JSON.parse(reply.content)).toEqual({ mood: 'calm' })
    expect(model.requests[0]?.format).toMatchObject({ schema: jsonSchema })
  })

  test('loads a model under a name of its own, and unloads it', async () => {
    const steps: number[] = []
    const llm = await client.llm.load('fake-model', {
      identifier: 'mine',
      ttl: 60,
      onProgress: (progress) => steps.push(progress),
    })
    expect(llm.identifier).toBe('mine')
    expect(steps).toEqual([0, 1])
    expect((await client.llm.model('mine')).modelKey).toBe('fake-model')
    await client.llm.unload('mine')
    expect((await client.llm.listLoaded()).map(({ displayName }) => displayName)).toEqual(['Nova'])
    const again = await client.llm.model('fake-model')
    expect((await again.respond('Hi')).content).toBe('Hello there.')
    expect((await client.llm.listLoaded()).map(({ identifier }) => identifier)).toContain('fake-model')
  })

  test('takes any that is loaded, where none is named', async () => {
    const llm = await client.llm.model()
    expect(llm.identifier).toBe('fake-model')
    expect(await llm.getContextLength()).toBe(8_192)
    expect((await llm.getModelInfo())?.trainedForToolUse).toBe(true)
  })

  test('counts tokens, and says that it cannot show them', async () => {
    const llm = await client.llm.model('fake-model')
    expect(await llm.countTokens('Good evening, captain')).toBeGreaterThan(2)
    await expect(llm.tokenize('Good evening')).rejects.toThrow('does not see the tokens')
    expect(await llm.applyPromptTemplate(Chat.from('Hello'))).toContain('Hello')
  })

  test('has texts embedded', async () => {
    const embedder = await client.embedding.model('nomic-embed-text')
    expect((await embedder.embed('Moon')).embedding).toEqual([0.6, 0.8])
    expect((await embedder.embed(['Moon', 'Sun'])).map(({ embedding: vector }) => vector.length)).toEqual([
      2, 2,
    ])
    await expect(client.embedding.model('fake-model')).rejects.toThrow('There is no model "fake-model"')
  })

  test('is told what goes wrong', async () => {
    await expect(client.llm.model('nope')).rejects.toThrow('There is no model "nope"')
    model.plan({ deltas: ['One'], ending: new AppError('engine_failed', 'The model broke off') })
    const llm = await client.llm.model('fake-model')
    await expect(llm.respond('Hi').result()).rejects.toThrow('The model broke off')
    const fileless = client.files.prepareImageBase64('cat.png', 'AAAA')
    await expect(fileless).rejects.toThrow('Troupe has no "uploadFileBase64"')
    expect((await llm.respond('Hi')).content).toBe('Hello there.')
  })
})

test('A program that is gone leaves no reply behind', async () => {
  model.plan({ deltas: ['Wait'], ending: 'stall' })
  const llm = await client.llm.model('fake-model')
  const prediction = llm.respond('Hi')
  prediction.catch(() => {})
  await expect.poll(() => model.openCalls).toBe(1)
  await client[Symbol.asyncDispose]()
  await expect.poll(() => model.openCalls).toBe(0)
})
