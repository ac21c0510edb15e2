import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { embedMany, generateObject, generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai'
import { describe, expect, test } from 'vitest'
import { CharacterDraft } from '#shared/entities.ts'
import { AppError } from '../../../../backend/errors.ts'
import { systemClock } from '../../../../backend/lib/clock.ts'
import { FakeLanguageModel } from '../../../fakes/fake-language-model.ts'
import { openAiDoor, type OpenAiDoor } from '../../../support/open-ai-door.ts'

/** What the Vercel AI SDK with its provider for OpenAI-compatible servers makes of the door. */

function providerOf({ url }: OpenAiDoor, apiKey = 'none') {
  return createOpenAICompatible({
    name: 'troupe',
    baseURL: `${url}/v1`,
    apiKey,
    includeUsage: true,
    supportsStructuredOutputs: true,
  })
}

const weather = tool({
  description: 'Of a city',
  inputSchema: jsonSchema<{ city: string }>({ type: 'object', properties: { city: { type: 'string' } } }),
  execute: async ({ city }) => `rain in ${city}`,
})

describe('the AI SDK', () => {
  test('has a text written', async () => {
    await using door = await openAiDoor()
    const { text, usage, finishReason } = await generateText({
      model: providerOf(door)('fake-model'),
      prompt: 'Hi',
    })
    expect(text).toBe('One two three. Four five six seven.')
    expect(finishReason).toBe('stop')
    expect(usage.outputTokens).toBe(2)
  })

  test('streams it, thoughts apart, with what it used', async () => {
    const model = new FakeLanguageModel(systemClock, { deltas: ['Hello', ' there.'], reasoning: 'Hm.' })
    await using door = await openAiDoor({ engines: { model } })
    const result = streamText({ model: providerOf(door)('fake-model'), prompt: 'Hi' })
    const pieces: string[] = []
    for await (const piece of result.textStream) pieces.push(piece)
    expect(pieces).toEqual(['Hello', ' there.'])
    expect(await result.reasoningText).toBe('Hm.')
    expect((await result.usage).outputTokens).toBe(2)
  })

  test('talks with a character', async () => {
    const model = new FakeLanguageModel(systemClock, { deltas: ['Nova: Aye.'] })
    await using door = await openAiDoor({ engines: { model } })
    await door.store.characters.create(CharacterDraft.parse({ name: 'Nova', description: 'A pilot.' }))
    const asked = { model: providerOf(door)('character:nova'), system: 'It is night.', prompt: 'Hi' }
    expect((await generateText(asked)).text).toBe('Aye.')
    expect(model.requests[0]?.messages[0]?.content).toContain('It is night.')
  })

  test('has functions called and goes on with what they gave', async () => {
    const model = new FakeLanguageModel(systemClock, { deltas: ['It rains.'] })
    const call = { id: 'call_1', name: 'weather', argumentsJson: '{"city":"Oslo"}' }
    model.plan({ deltas: [], toolCalls: [call] })
    await using door = await openAiDoor({ engines: { model } })
    const { text, steps } = await generateText({
      model: providerOf(door)('fake-model'),
      prompt: 'Weather in Oslo?',
      tools: { weather },
      stopWhen: stepCountIs(3),
    })
    expect(text).toBe('It rains.')
    expect(steps).toHaveLength(2)
    expect(model.requests[1]?.messages.at(-1)).toMatchObject({ role: 'tool', toolCallId: 'call_1' })
  })

  test('gets an object of the shape it asked for', async () => {
    const model = new FakeLanguageModel(systemClock, { deltas: ['{"city":', '"Oslo"}'] })
    await using door = await openAiDoor({ engines: { model } })
    const schema = jsonSchema<{ city: string }>({ type: 'object', properties: { city: { type: 'string' } } })
    const { object } = await generateObject({
      model: providerOf(door)('fake-model'),
      schema,
      prompt: 'A city',
    })
    expect(object).toEqual({ city: 'Oslo' })
    expect(model.requests[0]?.format).toMatchObject({ schema: { properties: { city: { type: 'string' } } } })
  })

  test('gets vectors where a model makes them', async () => {
    const model = Object.assign(new FakeLanguageModel(systemClock), {
      embed: ({ inputs }: { inputs: readonly unknown[] }) =>
        Promise.resolve({ vectors: inputs.map((_, index) => [index, 0.5]), promptTokens: 4 }),
    })
    await using door = await openAiDoor({ engines: { model } })
    const { embeddings, usage } = await embedMany({
      model: providerOf(door).textEmbeddingModel('fake-model'),
      values: ['one', 'two'],
    })
    expect(embeddings).toEqual([
      [0, 0.5],
      [1, 0.5],
    ])
    expect(usage.tokens).toBe(4)
    const official = await door.client.embeddings.create({ model: 'fake-model', input: 'one' })
    expect(official.data[0]?.embedding).toEqual([0, 0.5])
  })

  test('is told what is wrong', async () => {
    const model = new FakeLanguageModel(systemClock)
    model.answer({ deltas: [], ending: new AppError('engine_unavailable', 'The server is away') })
    await using door = await openAiDoor({ engines: { model }, token: 'open-sesame' })
    const asked = (apiKey: string) =>
      generateText({ model: providerOf(door, apiKey)('fake-model'), prompt: 'Hi', maxRetries: 0 })
    await expect(asked('open-sesame')).rejects.toMatchObject({
      statusCode: 503,
      message: 'The server is away',
    })
    await expect(asked('wrong')).rejects.toMatchObject({ statusCode: 401 })
  })
})
