import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodedAudio, PCM } from '../../../../backend/api/realtime/audio-format.ts'
import { RealtimeStage } from '../../../support/realtime-stage.ts'

let stage: RealtimeStage
beforeEach(async () => {
  stage = await RealtimeStage.begin()
})
afterEach(() => stage.end())

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

  it('may be longer than the ears can keep up with at once', async () => {
    const minute = encodedAudio(new Int16Array(24_000 * 60).fill(8_000), PCM)
    stage.send('input_audio_buffer.append', { audio: minute })
    stage.send('input_audio_buffer.commit')
    await expect.poll(() => stage.transcriber.heardSamples).toEqual([16_000 * 60])
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

describe('turns that are detected', () => {
  it('can be committed by the client in the middle, and nobody answers before it asks for it', async () => {
    await stage.speak(1_000)
    stage.send('input_audio_buffer.commit')
    await stage.clock.advance(3_000)
    expect(stage.types.slice(1, 4)).toEqual([
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
    ])
    expect(stage.all('response.created')).toHaveLength(0)
    const [item] = stage.session.items.all
    expect(item?.type === 'message' && item.content[0]).toMatchObject({
      transcript: 'good morning to you all',
    })
  })

  it('that are cleared in the middle are over', async () => {
    await stage.speak(1_000)
    stage.send('input_audio_buffer.clear')
    await stage.pause(1_000)
    expect(stage.all('input_audio_buffer.speech_stopped')).toHaveLength(1)
    expect(stage.all('input_audio_buffer.committed')).toHaveLength(0)
    await stage.speak(1_000)
    await stage.pause(700)
    expect(stage.all('input_audio_buffer.committed')).toHaveLength(1)
  })
})
