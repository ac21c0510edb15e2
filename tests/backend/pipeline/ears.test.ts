import { describe, expect, it } from 'vitest'
import { Ears, type Spoken } from '../../../backend/pipeline/ears.ts'
import { DEFAULT_UTTERANCE_SETTINGS } from '../../../backend/pipeline/utterance.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeTranscriber, type FakeTranscript } from '../../fakes/fake-transcriber.ts'
import { FakeVad } from '../../fakes/fake-vad.ts'
import { RecordingLink } from '../../support/rehearsal.ts'

const FRAME_MS = 20
const FRAME_SAMPLES = 320

function listener() {
  const clock = new FakeClock()
  const vad = new FakeVad()
  const transcriber = new FakeTranscriber({ clock })
  const link = new RecordingLink(() => clock.nowMs())
  const heard: Spoken[] = []
  const errors: unknown[] = []
  const state = { isAnswering: false, bargeIns: [] as number[] }
  const ears = new Ears({
    clock,
    link,
    vad: vad.openStream(),
    transcription: transcriber.openSession(),
    utterances: DEFAULT_UTTERANCE_SETTINGS,
    bargeInMs: 350,
    finalTimeoutMs: 5_000,
    isAnswering: () => state.isAnswering,
    onBargeIn: () => {
      state.isAnswering = false
      state.bargeIns.push(clock.nowMs())
    },
    onSpoken: (said) => heard.push(said),
    onError: (error) => errors.push(error),
  })
  const sound = async (durationMs: number, level: number): Promise<void> => {
    for (let ms = 0; ms < durationMs; ms += FRAME_MS) {
      ears.hear(new Int16Array(FRAME_SAMPLES).fill(level))
      await clock.advance(FRAME_MS)
    }
  }
  return {
    clock,
    vad,
    transcriber,
    link,
    ears,
    heard,
    errors,
    state,
    speak: (durationMs: number) => sound(durationMs, 8_000),
    beSilent: (durationMs: number) => sound(durationMs, 0),
    hears: (transcript: FakeTranscript) => transcriber.plan(transcript),
  }
}

describe('Ears', () => {
  it('turns speech into partial texts and one final text, which is the message', async () => {
    const { ears, link, heard, speak, beSilent } = listener()
    await using _ears = ears
    ears.start('hands_free')
    await beSilent(300)
    await speak(1_200)
    await beSilent(800)
    expect(link.all('speech_started')).toHaveLength(1)
    expect(link.all('speech_stopped')).toHaveLength(1)
    expect(link.all('stt_update').length).toBeGreaterThan(2)
    expect(link.all('stt_final')).toEqual([{ text: 'good morning to you all' }])
    expect(heard).toMatchObject([{ text: 'good morning to you all' }])
    expect(heard[0]?.endOfUtteranceDelayMs).toBeGreaterThanOrEqual(500)
  })

  it('interrupts whoever is answering after enough speech, and again whoever begins to answer meanwhile', async () => {
    const { ears, state, speak } = listener()
    await using _ears = ears
    ears.start('hands_free')
    state.isAnswering = true
    await speak(700)
    expect(state.bargeIns).toHaveLength(1)
    state.isAnswering = true
    await speak(200)
    expect(state.bargeIns).toHaveLength(2)
  })

  it('takes as long a pause for the end as the user wishes', async () => {
    const { ears, heard, speak, beSilent } = listener()
    await using _ears = ears
    ears.start('hands_free', { pauseMs: 1_500 })
    await speak(1_200)
    await beSilent(1_200)
    expect(heard).toEqual([])
    await beSilent(600)
    expect(heard[0]?.endOfUtteranceDelayMs).toBeGreaterThanOrEqual(1_500)
  })

  it('interrupts nobody by voice if the user does not wish it, and lets what was said wait its turn', async () => {
    const { ears, state, heard, speak, beSilent } = listener()
    await using _ears = ears
    ears.start('hands_free', { canBargeIn: false })
    state.isAnswering = true
    await speak(1_200)
    await beSilent(800)
    expect(state.bargeIns).toEqual([])
    expect(heard).toMatchObject([{ text: 'good morning to you all', isInterrupting: false }])
  })

  it('lets a short "yeah" pass: it neither interrupts nor becomes a message', async () => {
    const { ears, state, link, heard, hears, speak, beSilent } = listener()
    await using _ears = ears
    hears({ text: 'yeah' })
    ears.start('hands_free')
    state.isAnswering = true
    await speak(260)
    await beSilent(1_000)
    expect(state.bargeIns).toEqual([])
    expect(heard).toEqual([])
    expect(link.all('stt_final')).toEqual([])
    expect(link.all('stt_update').at(-1)).toEqual({ text: '' })
  })

  it('gives what sounds like "yeah" so far the time to become more', async () => {
    const { ears, state, hears, speak } = listener()
    await using _ears = ears
    hears({ text: 'yeah but listen', partials: ['yeah', 'yeah', 'yeah but'] })
    ears.start('hands_free')
    state.isAnswering = true
    await speak(440)
    expect(state.bargeIns).toEqual([])
    await speak(240)
    expect(state.bargeIns).toHaveLength(1)
  })

  it('interrupts on a recognised word sooner than on sound alone', async () => {
    const { ears, state, hears, speak } = listener()
    await using _ears = ears
    hears({ text: 'stop it', partials: ['stop'] })
    ears.start('hands_free')
    state.isAnswering = true
    await speak(340)
    expect(state.bargeIns).toHaveLength(1)
  })

  it('commits push-to-talk when it ends, and says so when no words were heard', async () => {
    const { ears, heard, errors, hears, speak, clock } = listener()
    await using _ears = ears
    ears.start('push_to_talk')
    await speak(600)
    await Promise.all([ears.stop(), clock.advance(400)])
    await clock.advance(100)
    expect(heard).toMatchObject([{ text: 'good morning to you all' }])
    hears({ text: '' })
    ears.start('push_to_talk')
    await speak(400)
    await Promise.all([ears.stop(), clock.advance(400)])
    await clock.advance(100)
    expect(errors).toMatchObject([{ code: 'nothing_heard' }])
  })

  it('forgets what was said when it is taken back', async () => {
    const { ears, heard, errors, link, transcriber, speak, clock } = listener()
    await using _ears = ears
    ears.start('push_to_talk')
    await speak(600)
    await Promise.all([ears.discard(), clock.advance(400)])
    await clock.advance(6_000)
    expect(heard).toEqual([])
    expect(errors).toEqual([])
    expect(link.all('stt_final')).toEqual([])
    expect(transcriber.openCalls).toBe(0)
  })

  it('tells of a failing recogniser, and hears the next utterance', async () => {
    const { ears, heard, errors, hears, speak, beSilent, clock } = listener()
    await using _ears = ears
    hears({ text: 'x', ending: 'stall' })
    ears.start('hands_free')
    await speak(500)
    await beSilent(600)
    await clock.advance(6_000)
    expect(errors).toMatchObject([{ code: 'engine_timeout' }])
    await speak(500)
    await beSilent(800)
    expect(heard).toHaveLength(1)
  })

  it('leaves nothing open', async () => {
    const { ears, vad, transcriber, speak, clock } = listener()
    ears.start('hands_free')
    await speak(500)
    await ears[Symbol.asyncDispose]()
    await clock.advance(1_000)
    expect(vad.openStreams).toBe(0)
    expect(transcriber.openCalls).toBe(0)
    expect(clock.pendingTimers).toBe(0)
  })
})
