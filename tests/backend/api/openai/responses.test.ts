import { type OpenAI } from 'openai'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../../../backend/errors.ts'
import { systemClock } from '../../../../backend/lib/clock.ts'
import { FakeLanguageModel } from '../../../fakes/fake-language-model.ts'
import { openAiDoor } from '../../../support/open-ai-door.ts'

/** What the official client makes of `/v1/responses`. */

type Event = OpenAI.Responses.ResponseStreamEvent

const CALL = { id: 'call_1', name: 'weather', argumentsJson: '{"city":"Oslo"}' }
const WEATHER = {
  type: 'function' as const,
  name: 'weather',
  parameters: { type: 'object', properties: {} },
  strict: false,
}

async function collected(stream: AsyncIterable<Event>): Promise<Event[]> {
  const events: Event[] = []
  for await (const event of stream) events.push(event)
  return events
}

describe('responses', () => {
  test('come as a whole, with all that was asked for', async () => {
    await using door = await openAiDoor()
    const response = await door.client.responses.create({
      model: 'fake-model',
      input: 'Hi',
      instructions: 'Be terse.',
    })
    expect(response.output_text).toBe('One two three. Four five six seven.')
    expect(response).toMatchObject({
      object: 'response',
      status: 'completed',
      instructions: 'Be terse.',
      error: null,
      tools: [],
      tool_choice: 'auto',
      usage: { output_tokens: 2 },
    })
  })

  test('stream in the order that clients expect, counted', async () => {
    const model = new FakeLanguageModel(systemClock, { deltas: ['Hello', ' there.'] })
    await using door = await openAiDoor({ engines: { model } })
    const events = await collected(
      await door.client.responses.create({ model: 'fake-model', input: 'Hi', stream: true }),
    )
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index))
  })

  test('hold thoughts, words and calls, each an item of its own', async () => {
    const model = new FakeLanguageModel(systemClock)
    model.answer({ reasoning: 'Hm.', deltas: ['Let me see.'], toolCalls: [CALL, { ...CALL, id: 'call_2' }] })
    await using door = await openAiDoor({ engines: { model } })
    const stream = door.client.responses.stream({ model: 'fake-model', input: 'Hi', tools: [WEATHER] })
    const { output } = await stream.finalResponse()
    expect(output).toMatchObject([
      { type: 'reasoning', content: [{ type: 'reasoning_text', text: 'Hm.' }] },
      { type: 'message', content: [{ type: 'output_text', text: 'Let me see.' }] },
      { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Oslo"}' },
      { type: 'function_call', call_id: 'call_2' },
    ])
  })

  test('go on from an earlier one, and from what a function gave', async () => {
    const model = new FakeLanguageModel(systemClock)
    model.plan({ deltas: [], toolCalls: [CALL, { ...CALL, id: 'call_2' }] }, { deltas: ['Rain.'] })
    await using door = await openAiDoor({ engines: { model } })
    const first = await door.client.responses.create({
      model: 'fake-model',
      input: 'Weather?',
      tools: [WEATHER],
    })
    const second = await door.client.responses.create({
      model: 'fake-model',
      previous_response_id: first.id,
      input: [
        { type: 'function_call_output', call_id: 'call_1', output: 'rain' },
        { type: 'function_call_output', call_id: 'call_2', output: 'snow' },
      ],
      tools: [WEATHER],
    })
    expect(second.output_text).toBe('Rain.')
    expect(model.requests[1]?.messages).toMatchObject([
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', toolCalls: [{ id: 'call_1' }, { id: 'call_2' }] },
      { role: 'tool', content: 'rain', toolCallId: 'call_1' },
      { role: 'tool', content: 'snow', toolCallId: 'call_2' },
    ])
  })

  test('can be looked at and deleted, unless they are not to be kept', async () => {
    await using door = await openAiDoor()
    const { responses } = door.client
    const { id } = await responses.create({ model: 'fake-model', input: 'Hi' })
    expect((await responses.retrieve(id)).status).toBe('completed')
    await responses.delete(id)
    await expect(responses.retrieve(id)).rejects.toMatchObject({ status: 404 })
    const unkept = await responses.create({ model: 'fake-model', input: 'Hi', store: false })
    const goingOn = responses.create({ model: 'fake-model', input: 'Hi', previous_response_id: unkept.id })
    await expect(goingOn).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found' })
  })

  test('say how they failed, with a status or in the stream', async () => {
    const model = new FakeLanguageModel(systemClock)
    const ending = new AppError('engine_failed', 'It broke off')
    model.plan({ deltas: [], ending }, { deltas: ['One'], ending })
    await using door = await openAiDoor({ engines: { model } })
    const asked = { model: 'fake-model', input: 'Hi', stream: true as const }
    await expect(door.client.responses.create(asked)).rejects.toMatchObject({ status: 502 })
    const events = await collected(await door.client.responses.create(asked))
    expect(events.at(-1)).toMatchObject({
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'server_error', message: 'It broke off' } },
    })
    await expect(door.client.responses.create({ ...asked, background: true })).rejects.toMatchObject({
      param: 'background',
    })
  })
})
