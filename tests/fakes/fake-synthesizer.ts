import { type EngineStatus, type VoiceSettings } from '#shared/entities.ts'
import {
  type SpeechChunk,
  type SpeechRequest,
  type SpokenWordTime,
  type Synthesizer,
} from '../../backend/engines/contracts.ts'
import { AppError } from '../../backend/errors.ts'
import { abortReason } from '../../backend/lib/abort.ts'
import { sleep, type Clock } from '../../backend/lib/clock.ts'

export interface FakeSynthesizerOptions {
  readonly clock: Clock
  readonly sampleRate?: number
  /** From the request to the first chunk. */
  readonly ttfbMs?: number
  /** Sound in one chunk. */
  readonly chunkMs?: number
  /** Sound of one word, whatever the word. */
  readonly wordMs?: number
  /** Seconds of work for one second of sound: 0 is at once, 1 real time. */
  readonly realTimeFactor?: number
  readonly hasWordTimes?: boolean
  /** The error a text ends with, after `chunksBeforeFault` chunks. */
  readonly failOn?: (text: string) => AppError | undefined
  /** Whether a text goes silent for ever, after `chunksBeforeFault` chunks. */
  readonly stallOn?: (text: string) => boolean
  readonly chunksBeforeFault?: number
}

/** What every sample of a voice is, so that tests can tell who is heard. Never 0. */
export function levelOfVoice(voice: VoiceSettings): number {
  let hash = 7
  for (const character of voice.engine_voice ?? '') {
    hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 10_007
  }
  return 1_000 + hash
}

/** Speaks constants instead of speech, on the time of its clock. */
export class FakeSynthesizer implements Synthesizer {
  readonly name = 'fake'
  readonly voices = [{ id: 'fake', name: 'Fake' }]
  readonly canClone = true
  readonly honours = ['speed', 'pitch', 'formant', 'style'] as const
  readonly sampleRate: number
  /** Everything it was asked to say, oldest first. */
  readonly requests: SpeechRequest[] = []
  readonly #options: Required<FakeSynthesizerOptions>
  readonly #calls = new Set<AbortController>()
  #isClosed = false

  constructor(options: FakeSynthesizerOptions) {
    this.#options = { ...DEFAULTS, ...options }
    this.sampleRate = this.#options.sampleRate
  }

  /** Calls that have neither ended nor been let go: 0 after a test that cleaned up. */
  get openCalls(): number {
    return this.#calls.size
  }

  status(): EngineStatus {
    return { name: this.name, ready: !this.#isClosed }
  }

  async listVoices(signal: AbortSignal) {
    if (signal.aborted) throw abortReason(signal)
    return this.voices
  }

  async *synthesize(request: SpeechRequest, signal: AbortSignal): AsyncGenerator<SpeechChunk> {
    if (signal.aborted) throw abortReason(signal)
    if (this.#isClosed) throw closedError()
    this.requests.push(request)
    const call = new AbortController()
    const onAbort = (): void => call.abort(abortReason(signal))
    signal.addEventListener('abort', onAbort, { once: true })
    this.#calls.add(call)
    try {
      yield* this.#chunks(request, call.signal)
    } finally {
      this.#calls.delete(call)
      signal.removeEventListener('abort', onAbort)
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    for (const call of this.#calls) call.abort(closedError())
    return Promise.resolve()
  }

  async *#chunks({ text, voice }: SpeechRequest, signal: AbortSignal): AsyncGenerator<SpeechChunk> {
    const { clock, chunkMs, realTimeFactor, hasWordTimes, chunksBeforeFault } = this.#options
    const words = this.#wordTimes(text)
    const totalSamples = words.at(-1)?.endSample ?? 0
    await sleep(clock, this.#options.ttfbMs, signal)
    for (let at = 0, index = 0; ; index += 1) {
      if (index >= chunksBeforeFault) await this.#fault(text, signal)
      if (at >= totalSamples) return
      const samples = Math.min(this.#samplesIn(chunkMs), totalSamples - at)
      if (index > 0 && realTimeFactor > 0) await sleep(clock, chunkMs * realTimeFactor, signal)
      signal.throwIfAborted()
      const pcm = new Int16Array(samples).fill(levelOfVoice(voice))
      yield index === 0 && hasWordTimes ? { pcm, words } : { pcm }
      at += samples
    }
  }

  async #fault(text: string, signal: AbortSignal): Promise<void> {
    const error = this.#options.failOn(text)
    if (error) throw error
    if (this.#options.stallOn(text)) await untilAborted(signal)
  }

  #wordTimes(text: string): SpokenWordTime[] {
    let at = 0
    return text
      .split(/\s+/u)
      .filter((word) => word !== '')
      .map((word) => {
        const startSample = at
        if (/[\p{L}\p{N}]/u.test(word)) at += this.#samplesIn(this.#options.wordMs)
        return { text: word, startSample, endSample: at }
      })
  }

  #samplesIn(durationMs: number): number {
    return Math.round((this.sampleRate * durationMs) / 1_000)
  }
}

const DEFAULTS = {
  sampleRate: 16_000,
  ttfbMs: 50,
  chunkMs: 100,
  wordMs: 100,
  realTimeFactor: 0,
  hasWordTimes: true,
  failOn: () => undefined,
  stallOn: () => false,
  chunksBeforeFault: 0,
} satisfies Omit<Required<FakeSynthesizerOptions>, 'clock'>

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(abortReason(signal))
    signal.addEventListener('abort', () => reject(abortReason(signal)), { once: true })
  })
}

function closedError(): AppError {
  return new AppError('engine_unavailable', 'The fake speech engine is closed')
}
