import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RealtimeStage } from '../../../support/realtime-stage.ts'

let stage: RealtimeStage
beforeEach(async () => {
  stage = await RealtimeStage.begin()
})
afterEach(async () => {
  await stage[Symbol.asyncDispose]()
  expect(stage.defects).toEqual([])
  expect(stage.clock.pendingTimers).toBe(0)
  expect(stage.synthesizer.openCalls).toBe(0)
  expect(stage.model.openCalls).toBe(0)
})

function itemIds(): string[] {
  return stage.session.items.all.map(({ id }) => id)
}

describe('a spoken turn', () => {
  it('is told in exactly the order that clients expect', async () => {
    stage.update({ audio: { input: { transcription: { model: 'whisper-1' } } } })
    stage.heard.length = 0
    await stage.speak(1_000)
    await stage.pause(700)
    await stage.clock.advance(5_000)
    const told = stage.types.filter((type) => !/delta$|transcription/.test(type))
    expect(told).toEqual([
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
      'response.created',
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.done',
    ])
    expect(stage.last('conversation.item.input_audio_transcription.completed')).toMatchObject({
      transcript: 'good morning to you all',
    })
    const deltas = stage.all('conversation.item.input_audio_transcription.delta').map(({ delta }) => delta)
    expect(deltas.join('')).toBe('good morning to you all')
    expect(stage.last('response.done')).toMatchObject({
      response: { status: 'completed', status_details: null },
    })
  })

  it('is one item, from just before the first sound to the end of the silence', async () => {
    await stage.pause(1_000)
    await stage.speak(1_000)
    await stage.pause(700)
    const started = stage.last('input_audio_buffer.speech_started')
    const stopped = stage.last('input_audio_buffer.speech_stopped')
    const committed = stage.last('input_audio_buffer.committed')
    expect(started['audio_start_ms']).toBeGreaterThan(620)
    expect(started['audio_start_ms']).toBeLessThan(760)
    expect(stopped['audio_end_ms']).toBeGreaterThan(2_400)
    expect(new Set([started, stopped, committed].map((event) => event['item_id'])).size).toBe(1)
  })

  it('reaches the model with the character around it', async () => {
    await stage.speak(1_000)
    await stage.pause(700)
    await stage.clock.advance(5_000)
    const [request] = stage.model.requests
    const prompt = JSON.stringify(request?.messages)
    expect(prompt).toContain('Nova repairs clocks.')
    expect(prompt).toContain('good morning to you all')
  })

  it('without words is answered by nobody', async () => {
    stage.transcriber.hear({ text: '' })
    await stage.speak(400)
    await stage.pause(700)
    await stage.clock.advance(5_000)
    expect(stage.all('input_audio_buffer.committed')).toHaveLength(1)
    expect(stage.all('response.created')).toHaveLength(0)
  })

  it('sounds in the voice of the character, sentence by sentence', async () => {
    stage.model.plan({ deltas: ['Good evening. ', 'The clock', ' is ready.'], tokenMs: 400 })
    stage.type('Hello')
    stage.send('response.create')
    await stage.clock.advance(300)
    expect(stage.synthesizer.requests.map(({ text }) => text)).toEqual(['Good evening.'])
    expect(stage.all('response.output_audio.delta').length).toBeGreaterThan(0)
    await stage.clock.advance(3_000)
    expect(stage.synthesizer.requests.every(({ voice }) => voice.engine_voice === 'warm')).toBe(true)
  })
})

describe('an interruption', () => {
  async function answering(): Promise<string> {
    stage.model.answer({ deltas: ['One two three four five six. ', 'Seven eight nine ten eleven twelve.'] })
    stage.type('Count')
    stage.send('response.create')
    await stage.clock.advance(400)
    const item = stage.session.items.all.at(-1)
    expect(item?.type === 'message' && item.role).toBe('assistant')
    return item?.id ?? ''
  }

  it('by speech cancels the response, and everything that was begun is ended', async () => {
    stage.model.plan({ deltas: ['One two three. '], ending: 'stall' })
    stage.type('Count')
    stage.send('response.create')
    await stage.clock.advance(300)
    stage.heard.length = 0
    await stage.speak(300)
    expect(stage.types.filter((type) => type !== 'input_audio_buffer.speech_started')).toEqual([
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.done',
    ])
    expect(stage.last('response.done')).toMatchObject({
      response: {
        status: 'cancelled',
        status_details: { type: 'cancelled', reason: 'turn_detected' },
        output: [{ status: 'incomplete' }],
      },
    })
  })

  it('leaves in the memory of the model only what can have been heard', async () => {
    await answering()
    await stage.speak(1_000)
    await stage.pause(700)
    await stage.clock.advance(3_000)
    const prompt = JSON.stringify(stage.model.requests.at(-1)?.messages)
    expect(prompt).toContain('One two')
    expect(prompt).not.toContain('Seven')
  })

  it('is a truncation when the client says how far it was played', async () => {
    const id = await answering()
    await stage.clock.advance(3_000)
    stage.send('conversation.item.truncate', { item_id: id, content_index: 0, audio_end_ms: 350 })
    expect(stage.last('conversation.item.truncated')).toMatchObject({ item_id: id, audio_end_ms: 350 })
    stage.send('conversation.item.retrieve', { item_id: id })
    const { item } = stage.last('conversation.item.retrieved')
    const written = JSON.parse(JSON.stringify(item))
    expect(written.content[0].transcript).toBe('One two three')
    // 24 kHz, two bytes a sample.
    expect(Buffer.from(written.content[0].audio, 'base64').length).toBe(350 * 48)
    stage.type('Go on')
    stage.send('response.create')
    await stage.clock.advance(3_000)
    const prompt = JSON.stringify(stage.model.requests.at(-1)?.messages)
    expect(prompt).toContain('One two three')
    expect(prompt).not.toContain('four')
  })

  it('cannot cut more than there is', async () => {
    const id = await answering()
    await stage.clock.advance(3_000)
    stage.send('conversation.item.truncate', {
      event_id: 'e1',
      item_id: id,
      content_index: 0,
      audio_end_ms: 99_000,
    })
    expect(stage.last('error')).toMatchObject({
      error: { type: 'invalid_request_error', code: 'invalid_value', event_id: 'e1' },
    })
  })

  it('is not made where the client wants to decide', async () => {
    const vad = { type: 'server_vad', interrupt_response: false, create_response: false }
    stage.update({ audio: { input: { turn_detection: vad } } })
    stage.model.plan({ deltas: ['One two three. '], ending: 'stall' })
    stage.type('Count')
    stage.send('response.create')
    await stage.clock.advance(300)
    await stage.speak(300)
    expect(stage.all('response.done')).toHaveLength(0)
    stage.send('response.cancel')
    expect(stage.last('response.done')).toMatchObject({
      response: { status_details: { reason: 'client_cancelled' } },
    })
    stage.send('response.cancel')
    expect(stage.last('error')).toMatchObject({ error: { code: 'response_cancel_not_active' } })
  })
})

describe('manual turns', () => {
  beforeEach(() => stage.update({ audio: { input: { turn_detection: null } } }))

  it('are committed by the client, and answered when it says so', async () => {
    await stage.speak(1_000)
    await stage.pause(2_000)
    expect(stage.all('input_audio_buffer.committed')).toHaveLength(0)
    stage.send('input_audio_buffer.commit')
    await stage.clock.advance(100)
    expect(stage.all('input_audio_buffer.committed')).toHaveLength(1)
    expect(stage.all('response.created')).toHaveLength(0)
    stage.send('response.create')
    await stage.clock.advance(3_000)
    expect(JSON.stringify(stage.model.requests[0]?.messages)).toContain('good morning to you all')
    expect(stage.last('response.done')).toMatchObject({ response: { status: 'completed' } })
  })

  it('are understood while they are spoken', async () => {
    await stage.speak(1_000)
    stage.send('input_audio_buffer.commit')
    await stage.clock.advance(0)
    const [item] = stage.session.items.all
    expect(item?.type === 'message' && item.content[0]).toMatchObject({
      transcript: 'good morning to you all',
    })
  })

  it('need something to be committed', () => {
    stage.send('input_audio_buffer.commit')
    expect(stage.last('error')).toMatchObject({ error: { code: 'input_audio_buffer_commit_empty' } })
  })

  it('are forgotten when the buffer is cleared', async () => {
    await stage.speak(1_000)
    stage.send('input_audio_buffer.clear')
    expect(stage.types.at(-1)).toBe('input_audio_buffer.cleared')
    stage.send('input_audio_buffer.commit')
    expect(stage.last('error')).toMatchObject({ error: { code: 'input_audio_buffer_commit_empty' } })
  })
})

describe('semantic turns', () => {
  beforeEach(() => stage.update({ audio: { input: { turn_detection: { type: 'semantic_vad' } } } }))

  it('end after a pause when what was said sounds finished', async () => {
    await stage.speak(1_000)
    await stage.pause(800)
    expect(stage.all('input_audio_buffer.speech_stopped')).toHaveLength(1)
  })

  it('wait for those who are in the middle of a sentence, and are one item', async () => {
    stage.transcriber.plan({ text: 'i would like a cup of' }, { text: 'tea with milk' })
    await stage.speak(1_000)
    await stage.pause(2_000)
    expect(stage.all('input_audio_buffer.speech_stopped')).toHaveLength(0)
    await stage.speak(1_000)
    await stage.pause(1_000)
    await stage.clock.advance(3_000)
    expect(stage.all('input_audio_buffer.speech_started')).toHaveLength(1)
    expect(stage.all('input_audio_buffer.committed')).toHaveLength(1)
    expect(JSON.stringify(stage.model.requests[0]?.messages)).toContain('i would like a cup of tea with milk')
  })

  it('do not wait for ever', async () => {
    stage.transcriber.plan({ text: 'i would like a cup of' })
    await stage.speak(1_000)
    await stage.pause(4_500)
    expect(stage.all('input_audio_buffer.speech_stopped')).toHaveLength(1)
  })
})

describe('responses', () => {
  it('of text are told as text', async () => {
    stage.type('Hello')
    stage.send('response.create', { response: { output_modalities: ['text'] } })
    await stage.clock.advance(100)
    expect(
      stage
        .all('response.output_text.delta')
        .map(({ delta }) => delta)
        .join(''),
    ).toBe('Hello there.')
    expect(stage.last('response.done')).toMatchObject({
      response: { output: [{ content: [{ type: 'output_text', text: 'Hello there.' }] }] },
    })
    expect(stage.synthesizer.requests).toEqual([])
  })

  it('are one at a time', async () => {
    stage.model.plan({ deltas: ['Wait. '], ending: 'stall' })
    stage.send('response.create')
    await stage.clock.advance(10)
    stage.send('response.create', { event_id: 'second' })
    expect(stage.last('error')).toMatchObject({
      error: { code: 'conversation_already_has_active_response', event_id: 'second' },
    })
  })

  it('beside the conversation leave no trace in it', async () => {
    stage.type('Hello')
    const before = itemIds()
    const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Which topic?' }] }]
    const response = { conversation: 'none', input, metadata: { topic: 'yes' }, output_modalities: ['text'] }
    stage.send('response.create', { response })
    await stage.clock.advance(100)
    expect(itemIds()).toEqual(before)
    expect(stage.last('response.done')).toMatchObject({
      response: { conversation_id: null, metadata: { topic: 'yes' }, status: 'completed' },
    })
    const prompt = JSON.stringify(stage.model.requests[0]?.messages)
    expect(prompt).toContain('Which topic?')
    expect(prompt).not.toContain('"Hello"')
  })

  it('call functions, and go on with their results', async () => {
    const parameters = { type: 'object', properties: { city: { type: 'string' } } }
    stage.update({ tools: [{ type: 'function', name: 'weather', description: 'The weather', parameters }] })
    stage.model.plan({
      deltas: [],
      toolCalls: [{ id: 'call_1', name: 'weather', argumentsJson: '{"city":"Ulm"}' }],
    })
    stage.type('How is the weather in Ulm?')
    stage.send('response.create')
    await stage.clock.advance(100)
    expect(stage.last('response.function_call_arguments.done')).toMatchObject({
      call_id: 'call_1',
      name: 'weather',
      arguments: '{"city":"Ulm"}',
    })
    const item = { type: 'function_call_output', call_id: 'call_1', output: 'sunny' }
    stage.send('conversation.item.create', { item })
    stage.send('response.create')
    await stage.clock.advance(3_000)
    expect(JSON.stringify(stage.model.requests[1]?.messages)).toContain('sunny')
    expect(stage.last('response.done')).toMatchObject({ response: { status: 'completed' } })
    stage.send('conversation.item.create', { item: { ...item, call_id: 'call_unknown' } })
    expect(stage.last('error')).toMatchObject({ error: { type: 'invalid_request_error' } })
  })

  it('are always done, also when the model fails', async () => {
    const { AppError } = await import('../../../../backend/errors.ts')
    stage.model.plan({ deltas: ['Well'], ending: new AppError('engine_failed', 'The model is gone') })
    stage.send('response.create')
    await stage.clock.advance(1_000)
    expect(stage.last('response.done')).toMatchObject({
      response: { status: 'failed', status_details: { error: { code: 'engine_failed' } } },
    })
    stage.send('response.create')
    await stage.clock.advance(3_000)
    expect(stage.last('response.done')).toMatchObject({ response: { status: 'completed' } })
  })
})

describe('a session', () => {
  it('changes only what an update names', () => {
    stage.update({ instructions: 'Be brief.', audio: { output: { speed: 1.2 } } })
    stage.update({ audio: { input: { turn_detection: { type: 'server_vad', silence_duration_ms: 900 } } } })
    expect(stage.last('session.updated')).toMatchObject({
      session: {
        instructions: 'Be brief.',
        audio: {
          output: { speed: 1.2 },
          input: { turn_detection: { threshold: 0.5, prefix_padding_ms: 300, silence_duration_ms: 900 } },
        },
      },
    })
    stage.update({ instructions: '', audio: { input: { turn_detection: null } } })
    expect(stage.last('session.updated')).toMatchObject({
      session: { instructions: '', audio: { input: { turn_detection: null } } },
    })
  })

  it('keeps its voice once it has been heard', async () => {
    stage.type('Hello')
    stage.send('response.create')
    await stage.clock.advance(3_000)
    stage.update({ audio: { output: { voice: 'Other' } } })
    expect(stage.last('error')).toMatchObject({ error: { type: 'invalid_request_error' } })
  })

  it('asks whether anybody is there when nobody has spoken for long', async () => {
    stage.update({ audio: { input: { turn_detection: { type: 'server_vad', idle_timeout_ms: 5_000 } } } })
    stage.type('Hello')
    stage.send('response.create')
    await stage.clock.advance(4_000)
    expect(stage.all('input_audio_buffer.timeout_triggered')).toHaveLength(0)
    await stage.clock.advance(3_000)
    expect(stage.all('input_audio_buffer.timeout_triggered')).toHaveLength(1)
    expect(stage.all('response.done')).toHaveLength(2)
    stage.update({ audio: { input: { turn_detection: null } } })
  })

  it('stays open whatever it is sent', () => {
    stage.session.receive('nonsense')
    expect(stage.last('error')).toMatchObject({ error: { code: 'invalid_event' } })
    stage.send('no.such.event', { event_id: 'x' })
    expect(stage.last('error')).toMatchObject({ error: { code: 'unknown_event', event_id: 'x' } })
    stage.send('conversation.item.retrieve')
    expect(stage.last('error')).toMatchObject({
      error: { code: 'missing_required_parameter', param: 'item_id' },
    })
    stage.send('conversation.item.retrieve', { item_id: 'nobody' })
    expect(stage.last('error')).toMatchObject({ error: { code: 'item_not_found' } })
    stage.type('Still here')
    expect(stage.types.at(-1)).toBe('conversation.item.done')
  })

  it('ends after an hour', async () => {
    await stage.clock.advance(60 * 60 * 1000)
    expect(stage.isExpired).toBe(true)
  })
})

it('a transcription session writes down what is said, and answers nobody', async () => {
  const scribe = await RealtimeStage.begin({ type: 'transcription' })
  await scribe.speak(1_000)
  await scribe.pause(700)
  await scribe.clock.advance(3_000)
  expect(scribe.last('conversation.item.input_audio_transcription.completed')).toMatchObject({
    transcript: 'good morning to you all',
  })
  expect(scribe.all('response.created')).toHaveLength(0)
  scribe.send('response.create')
  expect(scribe.last('error')).toMatchObject({ error: { type: 'invalid_request_error' } })
  await scribe[Symbol.asyncDispose]()
})
