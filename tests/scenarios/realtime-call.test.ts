import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Config } from '../../backend/config.ts'
import { createEngines } from '../../backend/engines/registry.ts'
import { systemClock } from '../../backend/lib/clock.ts'
import { type RealtimeApp, startRealtimeApp } from '../support/realtime-app.ts'
import { RealtimeCall } from '../support/realtime-call.ts'
import { spoken } from '../support/speech.ts'

/** Where the recording and the events of the call are kept, for listening. */
const OUT = join(import.meta.dirname, '..', 'out', 'realtime-call')
/** A busy machine recognises late. */
const PATIENCE = { timeout: 60_000 }

let app: RealtimeApp
beforeAll(async () => {
  app = await startRealtimeApp({ engines: await createEngines(Config.parse({}), systemClock) })
})
afterAll(async () => app[Symbol.asyncDispose]())

it(
  'a person calls a character by the agents SDK, asks for a story, cuts in, and is answered',
  { timeout: 180_000 },
  async () => {
    const [request, question] = [
      await spoken('Please tell me a story.'),
      await spoken('Stop, what is the time?', 'slt'),
    ]
    await using call = await RealtimeCall.to(app.socketUrl, 'character:hugo')
    await expect.poll(() => call.all('session.updated').length, PATIENCE).toBeGreaterThan(0)
    call.say(request)
    await expect.poll(() => call.all('response.output_audio.delta').length, PATIENCE).toBeGreaterThan(0)
    const spokenAtMs = call.all('input_audio_buffer.speech_stopped')[0]?.atMs ?? 0
    const heardAtMs = call.all('response.output_audio.delta')[0]?.atMs ?? 0
    // Two seconds of the story are heard.
    await expect.poll(() => call.playedMs, PATIENCE).toBeGreaterThan(2_000)
    const cutInAtMs = call.nowMs
    call.say(question)
    await expect.poll(() => call.silencedAtMs.length, PATIENCE).toBe(1)
    await expect.poll(() => call.all('response.created').length, PATIENCE).toBeGreaterThan(1)
    await expect.poll(() => call.all('response.done').length, PATIENCE).toBeGreaterThan(1)
    await expect.poll(() => call.isPlaying, PATIENCE).toBe(false)
    await call.keep(OUT, {
      first_sound_after_turn_ms: heardAtMs - spokenAtMs,
      silent_after_cutting_in_ms: (call.silencedAtMs[0] ?? Number.NaN) - cutInAtMs,
    })

    expect(call.errors).toEqual([])
    const lines = call.session.history.flatMap((item) => (item.type === 'message' ? [item] : []))
    expect(lines.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant'])
    // It fell silent while the person was speaking, not after.
    expect(call.silencedAtMs[0]).toBeLessThan(call.all('input_audio_buffer.speech_stopped')[1]?.atMs ?? 0)
    expect(call.all('conversation.item.truncated')).toHaveLength(1)
    const [, story] = lines
    const written = call
      .all('response.output_audio_transcript.delta')
      .map(({ event }) => ('delta' in event ? String(event['delta']) : ''))
    const remembered = JSON.stringify(story?.content)
    expect(remembered).toContain(written[0])
    expect(remembered.length).toBeLessThan(written.join('').length)
  },
)
