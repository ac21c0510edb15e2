import { APIError, AuthenticationError, BadRequestError, NotFoundError, RateLimitError } from 'openai'
import { describe, expect, test } from 'vitest'
import { CharacterDraft } from '#shared/entities.ts'
import { createScriptedModel } from '../../../../backend/engines/llm/scripted/scripted-model.ts'
import { AppError } from '../../../../backend/errors.ts'
import { systemClock } from '../../../../backend/lib/clock.ts'
import { FakeLanguageModel } from '../../../fakes/fake-language-model.ts'
import { openAiDoor } from '../../../support/open-ai-door.ts'

/** What the official client makes of the OpenAI door. */

const HI = [{ role: 'user' as const, content: 'Hi' }]
const WEATHER = {
  type: 'function' as const,
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
}

function fakeModel(...args: readonly string[]): FakeLanguageModel {
  return new FakeLanguageModel(systemClock, { deltas: args.length > 0 ? args : ['Hello', ' there.'] })
}

describe('models', () => {
  test('are listed, characters too, and found one by one', async () => {
    await using door = await openAiDoor()
    const nova = await door.store.characters.create(CharacterDraft.parse({ name: 'Nova' }))
    const list = await door.client.models.list()
    expect(list.data.map(({ id }) => id)).toEqual(['fake-model', `character:${nova.id}`])
    expect(await door.client.models.retrieve('character:nova')).toMatchObject({
      id: `character:${nova.id}`,
      object: 'model',
      owned_by: 'troupe',
    })
    await expect(door.client.models.retrieve('gpt-9')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
    })
  })

  test('may have slashes in their names', async () => {
    const model = fakeModel()
    model.modelProfile = { ...model.modelProfile, id: 'org/model:free' }
    await using door = await openAiDoor({ engines: { model } })
    expect((await door.client.models.retrieve('org/model:free')).id).toBe('org/model:free')
    expect((await fetch(`${door.url}/v1/models/org/model:free`)).status).toBe(200)
  })
})

describe('chat completions', () => {
  test('answer as a whole', async () => {
    await using door = await openAiDoor({ engines: { model: fakeModel() } })
    const { data, request_id } = await door.client.chat.completions
      .create({ model: 'fake-model', messages: HI })
      .withResponse()
    expect(data.choices).toEqual([
      {
        index: 0,
        message: { role: 'assistant', content: 'Hello there.', refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ])
    expect(data).toMatchObject({ object: 'chat.completion', model: 'fake-model' })
    expect(data.usage?.total_tokens).toBe(
      (data.usage?.prompt_tokens ?? 0) + (data.usage?.completion_tokens ?? 0),
    )
    expect(request_id).toMatch(/^req_/)
  })

  test('answer word by word, under one id, the role first', async () => {
    await using door = await openAiDoor({ engines: { model: fakeModel() } })
    const stream = await door.client.chat.completions.create({
      model: 'fake-model',
      messages: HI,
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks = []
    for await (const chunk of stream) chunks.push(chunk)
    expect(chunks.map(({ choices }) => choices[0]?.delta)).toEqual([
      { role: 'assistant', content: 'Hello' },
      { content: ' there.' },
      {},
      undefined,
    ])
    expect(new Set(chunks.map(({ id, created }) => `${id} ${created}`)).size).toBe(1)
    expect(chunks.map(({ usage }) => usage?.completion_tokens)).toEqual([undefined, undefined, undefined, 2])
    expect(chunks[2]?.choices[0]?.finish_reason).toBe('stop')
  })

  test('call functions, as a whole and as a stream', async () => {
    const model = fakeModel()
    const call = { id: 'call_1', name: 'weather', argumentsJson: '{"city":"Oslo"}' }
    model.answer({ deltas: [], toolCalls: [call, { ...call, id: 'call_2' }] })
    await using door = await openAiDoor({ engines: { model } })
    const asked = { model: 'fake-model', messages: HI, tools: [WEATHER], tool_choice: 'required' as const }
    const whole = await door.client.chat.completions.create(asked)
    const calls = [
      { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
      { id: 'call_2', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
    ]
    expect(whole.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: null, tool_calls: calls },
    })
    const streamed = await door.client.chat.completions.stream(asked).finalChatCompletion()
    expect(streamed.choices[0]?.message.tool_calls).toMatchObject(calls)
    expect(model.requests[0]).toMatchObject({ toolChoice: 'required', tools: [{ name: 'weather' }] })
  })

  test('take what tools gave, pictures, and every setting', async () => {
    const model = fakeModel()
    await using door = await openAiDoor({ engines: { model } })
    await door.client.chat.completions.create({
      model: 'fake-model',
      messages: [
        { role: 'developer', content: 'Be terse.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'Rain' },
      ],
      temperature: 0.5,
      top_p: 0.9,
      max_completion_tokens: 100,
      stop: ['END'],
      seed: -3,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      logit_bias: { '5': -1 },
      reasoning_effort: 'minimal',
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'a', schema: { type: 'object' }, strict: true },
      },
      tools: [WEATHER],
      tool_choice: { type: 'function', function: { name: 'weather' } },
      parallel_tool_calls: false,
      user: 'somebody',
      metadata: { a: 'b' },
      store: false,
      service_tier: 'auto',
    })
    expect(model.requests[0]).toMatchObject({
      messages: [
        { role: 'system', content: 'Be terse.' },
        { role: 'user', content: 'Look', images: ['data:image/png;base64,AAAA'] },
        {
          role: 'assistant',
          content: '',
          toolCalls: [{ id: 'call_1', name: 'weather', argumentsJson: '{}' }],
        },
        { role: 'tool', toolCallId: 'call_1', content: 'Rain' },
      ],
      settings: {
        model: 'fake-model',
        temperature: 0.5,
        top_p: 0.9,
        max_tokens: 100,
        seed: 3,
        presence_penalty: 0.1,
        frequency_penalty: 0.2,
        reasoning_effort: 'low',
      },
      stops: ['END'],
      toolChoice: { name: 'weather' },
      format: { name: 'a', schema: { type: 'object' }, strict: true },
      extra: { logit_bias: { '5': -1 }, parallel_tool_calls: false },
    })
  })

  test('tell thoughts apart from words', async () => {
    const model = fakeModel()
    model.answer({ deltas: ['Yes.'], reasoning: 'Hm.' })
    await using door = await openAiDoor({ engines: { model } })
    const { choices } = await door.client.chat.completions.create({ model: 'fake-model', messages: HI })
    expect(choices[0]?.message).toMatchObject({ content: 'Yes.', reasoning_content: 'Hm.' })
  })

  test('are spoken by characters', async () => {
    const model = fakeModel('Nova: Aye', ', captain.')
    await using door = await openAiDoor({ engines: { model } })
    await door.store.characters.create(CharacterDraft.parse({ name: 'Nova', description: 'A pilot.' }))
    const stream = door.client.chat.completions.stream({ model: 'character:nova', messages: HI })
    expect((await stream.finalMessage()).content).toBe('Aye, captain.')
    expect(model.requests[0]?.messages[0]?.content).toContain('A pilot.')
  })

  test('work on a machine without a language model', async () => {
    const model = createScriptedModel({ clock: systemClock, tokenMs: 0 })
    await using door = await openAiDoor({ engines: { model } })
    const { choices } = await door.client.chat.completions.create({ model: 'default', messages: HI })
    expect(choices[0]?.message.content).not.toBe('')
  })

  test('end when the client leaves', async () => {
    const model = fakeModel()
    model.answer({ deltas: ['One', ' two'], ending: 'stall' })
    await using door = await openAiDoor({ engines: { model } })
    const stream = await door.client.chat.completions.create({
      model: 'fake-model',
      messages: HI,
      stream: true,
    })
    for await (const _chunk of stream) break
    await expect.poll(() => model.openCalls).toBe(0)
    const leaving = new AbortController()
    const asked = door.client.chat.completions.create(
      { model: 'fake-model', messages: HI },
      { signal: leaving.signal },
    )
    await expect.poll(() => model.openCalls).toBe(1)
    leaving.abort()
    await expect(asked).rejects.toThrow('aborted')
    await expect.poll(() => model.openCalls).toBe(0)
  })
})

describe('what goes wrong', () => {
  test('is told before the first word with a status', async () => {
    const model = fakeModel()
    await using door = await openAiDoor({ engines: { model } })
    const failing = async (code: AppError['code'], stream: boolean): Promise<unknown> => {
      model.plan({ deltas: [], ending: new AppError(code, 'It is away') })
      return door.client.chat.completions
        .create({ model: 'fake-model', messages: HI, stream })
        .catch((e: unknown) => e)
    }
    for (const stream of [false, true]) {
      expect(await failing('engine_unavailable', stream)).toMatchObject({
        status: 503,
        type: 'unavailable_error',
      })
      const busy = await failing('engine_rate_limited', stream)
      expect(busy).toBeInstanceOf(RateLimitError)
      expect(busy instanceof APIError && busy.headers?.get('retry-after')).toBe('1')
      expect(await failing('internal', stream)).toMatchObject({
        status: 500,
        type: 'server_error',
        code: null,
      })
    }
  })

  test('is told behind the first word in the stream', async () => {
    const model = fakeModel()
    model.answer({ deltas: ['One'], ending: new AppError('engine_failed', 'It broke off') })
    await using door = await openAiDoor({ engines: { model } })
    const stream = await door.client.chat.completions.create({
      model: 'fake-model',
      messages: HI,
      stream: true,
    })
    const reading = async (): Promise<void> => {
      for await (const _chunk of stream);
    }
    await expect(reading()).rejects.toThrow('It broke off')
  })

  test('is the fault of the request where it is', async () => {
    await using door = await openAiDoor()
    const { completions } = door.client.chat
    const wrong = (more: object): Promise<unknown> =>
      completions.create({ model: 'fake-model', messages: HI, ...more }).then(
        () => 'no error',
        (error: unknown) => error,
      )
    expect(await wrong({ n: 2 })).toMatchObject({ status: 400, param: 'n', type: 'invalid_request_error' })
    expect(await wrong({ temperature: 9 })).toMatchObject({ status: 400, param: 'temperature' })
    expect(await wrong({ messages: [] })).toBeInstanceOf(BadRequestError)
    expect(await wrong({ messages: [{ role: 'king', content: 'x' }] })).toMatchObject({
      param: 'messages.0.role',
    })
    expect(await wrong({ model: 'gpt-9' })).toBeInstanceOf(NotFoundError)
    expect(await wrong({ model: undefined })).toMatchObject({ status: 400, param: 'model' })
    expect(await wrong({ modalities: ['audio'] })).toMatchObject({ param: 'modalities' })
  })

  test('is said in the same form for whatever comes', async () => {
    await using door = await openAiDoor()
    const post = (path: string, body: string): Promise<Response> =>
      fetch(door.url + path, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    const answers = [
      await post('/v1/chat/completions', '{"model":'),
      await post('/v1/chat/completions', '[]'),
      await post('/v1/nothing', '{}'),
      await fetch(`${door.url}/v1/chat/completions`),
    ]
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 404, 404])
    for (const answer of answers) {
      const { error } = Object(await answer.json())
      expect(Object.keys(error).toSorted()).toEqual(['code', 'message', 'param', 'type'])
      expect(answer.headers.get('x-request-id')).toMatch(/^req_/)
    }
  })

  test('is the key, where one is needed', async () => {
    await using door = await openAiDoor({ token: 'open-sesame' })
    expect((await door.client.models.list()).data).toHaveLength(1)
    const stranger = door.client.withOptions({ apiKey: 'wrong' })
    await expect(stranger.models.list()).rejects.toBeInstanceOf(AuthenticationError)
    await expect(stranger.models.list()).rejects.toMatchObject({ code: 'invalid_api_key' })
  })
})
