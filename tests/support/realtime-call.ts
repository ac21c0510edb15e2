import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  OpenAIRealtimeWebSocket,
  RealtimeAgent,
  RealtimeSession,
  type TransportEvent,
} from '@openai/agents-realtime'
import { samplesOf } from '../../backend/lib/pcm.ts'
import { resampled } from '../../backend/lib/resample.ts'
import { stereoWav } from './stereo-wav.ts'

const RATE = 24_000
const FRAME_MS = 20
const FRAME_SAMPLES = (RATE * FRAME_MS) / 1000

interface Logged {
  readonly atMs: number
  readonly event: TransportEvent
}

/**
 * A person on the phone, by the agents SDK: an open microphone, a loudspeaker that plays as it comes and falls silent
 * when the SDK says so; both are recorded.
 */
export class RealtimeCall implements AsyncDisposable {
  readonly session: RealtimeSession
  readonly log: Logged[] = []
  readonly errors: unknown[] = []
  /** When the loudspeaker fell silent because somebody cut in, in milliseconds of the call. */
  readonly silencedAtMs: number[] = []
  readonly #startedAtMs = performance.now()
  readonly #said: Int16Array[] = []
  readonly #heard = new Int16Array(RATE * 180)
  /** Where the loudspeaker will be silent. */
  #playedUntil = 0
  #toSay: Int16Array = new Int16Array(0)
  #saidSamples = 0
  readonly #microphone: NodeJS.Timeout

  private constructor(model: string) {
    const agent = new RealtimeAgent({ name: 'Caller' })
    this.session = new RealtimeSession(agent, { transport: new OpenAIRealtimeWebSocket(), model })
    this.session.on('transport_event', (event) => this.log.push({ atMs: this.nowMs, event }))
    this.session.on('error', ({ error }) => this.errors.push(error))
    this.session.on('audio', ({ data }) => this.#play(samplesOf(new Uint8Array(data))))
    this.session.on('audio_interrupted', () => this.#fallSilent())
    this.#microphone = setInterval(() => this.#speak(), FRAME_MS)
  }

  static async to(url: string, model: string): Promise<RealtimeCall> {
    const call = new RealtimeCall(model)
    await call.session.connect({ apiKey: 'any', url: `${url}?model=${model}` })
    return call
  }

  get nowMs(): number {
    return performance.now() - this.#startedAtMs
  }

  /** How much sound has been played so far. */
  get playedMs(): number {
    const until = Math.min(this.#playedUntil, this.#now)
    return (this.#heard.subarray(0, until).filter((sample) => sample !== 0).length * 1000) / RATE
  }

  /** Whether something is coming out of the loudspeaker. */
  get isPlaying(): boolean {
    return this.#playedUntil > this.#now
  }

  /** Says it into the microphone, at the pace of speech. @param pcm at 16 kHz */
  say(pcm: Int16Array): void {
    this.#toSay = resampled(pcm, { fromRate: 16_000, toRate: RATE })
  }

  all(type: string): Logged[] {
    return this.log.filter(({ event }) => event.type === type)
  }

  /** Both sides in `call.wav`, and all events in `events.jsonl`. */
  async keep(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true })
    const said = new Int16Array(this.#saidSamples)
    let at = 0
    for (const frame of this.#said) {
      said.set(frame, at)
      at += frame.length
    }
    const heard = this.#heard.subarray(0, Math.max(this.#playedUntil, at))
    await writeFile(join(folder, 'call.wav'), stereoWav(said, heard, RATE))
    const lines = this.log.map(({ atMs, event }) =>
      JSON.stringify({ at_ms: Math.round(atMs), ...short(event) }),
    )
    await writeFile(join(folder, 'events.jsonl'), `${lines.join('\n')}\n`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#microphone)
    this.session.close()
  }

  /** In samples of the call. */
  get #now(): number {
    return Math.round((this.nowMs * RATE) / 1000)
  }

  /** A busy machine lets timers wait: what is missing then is made up for. */
  #speak(): void {
    if (this.session.transport.status !== 'connected') return
    while (this.#saidSamples + FRAME_SAMPLES <= this.#now) {
      const frame = new Int16Array(FRAME_SAMPLES)
      frame.set(this.#toSay.subarray(0, FRAME_SAMPLES))
      this.#toSay = this.#toSay.subarray(FRAME_SAMPLES)
      this.#said.push(frame)
      this.#saidSamples += FRAME_SAMPLES
      this.session.sendAudio(frame.buffer)
    }
  }

  #play(samples: Int16Array): void {
    const from = Math.max(this.#playedUntil, this.#now)
    const room = this.#heard.length - from
    this.#heard.set(samples.subarray(0, Math.max(0, room)), Math.min(from, this.#heard.length))
    this.#playedUntil = Math.min(this.#heard.length, from + samples.length)
  }

  #fallSilent(): void {
    const now = this.#now
    this.#heard.fill(0, now)
    this.#playedUntil = Math.min(this.#playedUntil, now)
    this.silencedAtMs.push(this.nowMs)
  }
}

/** Without the sound: that is in the recording. */
function short(event: TransportEvent): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(event, (key, value: unknown) =>
      (key === 'delta' || key === 'audio') && typeof value === 'string' && value.length > 200
        ? `${value.length} characters`
        : value,
    ),
  )
}
