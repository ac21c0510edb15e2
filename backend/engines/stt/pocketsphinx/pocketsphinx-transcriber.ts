import { type EngineStatus } from '#shared/entities.ts'
import { AppError } from '../../../errors.ts'
import { type Clock } from '../../../lib/clock.ts'
import { forkChild } from '../../../lib/spawn.ts'
import { type Transcriber, type TranscriptEvent, type TranscriptionSession } from '../../contracts.ts'
import { UtteranceLane } from '../utterance-lane.ts'
import { pocketsphinxProblem } from './installation.ts'
import { RecognizerPool } from './recognizer-pool.ts'
import { type RecognizerProcess } from './recognizer-process.ts'

const CHILD = new URL('recognizer-child.ts', import.meta.url)

export interface PocketsphinxOptions {
  readonly clock: Clock
  /** How many sessions may have a decoder loaded at once; each takes about 150 MB. */
  readonly maxProcesses?: number
  /** Where the system's files are looked for; `/` unless a test says otherwise. */
  readonly root?: string
}

/** The embedded recogniser: Debian's pocketsphinx with its English model, in child processes. */
export function createPocketsphinxTranscriber(options: PocketsphinxOptions): Transcriber {
  return new PocketsphinxTranscriber(options)
}

class PocketsphinxTranscriber implements Transcriber {
  readonly name = 'pocketsphinx'
  readonly #root: string
  readonly #pool: RecognizerPool

  constructor({ clock, maxProcesses = 16, root = '/' }: PocketsphinxOptions) {
    this.#root = root
    this.#pool = new RecognizerPool({ clock, maxProcesses, start: () => forkChild(CHILD) })
    this.#prepare()
  }

  status(): EngineStatus {
    const problem = pocketsphinxProblem(this.#root) ?? this.#pool.brokenReason
    return { name: this.name, ready: !problem, detail: problem ?? 'pocketsphinx, English' }
  }

  openSession(): TranscriptionSession {
    this.#prepare()
    return new PocketsphinxSession(this.#pool, this.#root)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]()
  }

  /** Now, not during speech, which the loading of a decoder would slow down. */
  #prepare(): void {
    if (!pocketsphinxProblem(this.#root)) this.#pool.prepare()
  }
}

class PocketsphinxSession implements TranscriptionSession {
  readonly #pool: RecognizerPool
  readonly #root: string
  readonly #lane = new UtteranceLane()
  /** Taken with the first utterance: who only types needs none. */
  #process: RecognizerProcess | undefined
  #isDisposed = false

  constructor(pool: RecognizerPool, root: string) {
    this.#pool = pool
    this.#root = root
  }

  async *transcribe(
    audio: AsyncIterable<Int16Array>,
    signal: AbortSignal,
  ): AsyncGenerator<TranscriptEvent, void> {
    using _turn = await this.#lane.enter(signal)
    yield* this.#ownProcess().transcribe(audio, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true
    await this.#process?.[Symbol.asyncDispose]()
  }

  #ownProcess(): RecognizerProcess {
    const problem = pocketsphinxProblem(this.#root)
    if (problem) throw new AppError('engine_unavailable', problem)
    if (this.#isDisposed) throw new AppError('engine_unavailable', 'This session of the recogniser is closed')
    if (!this.#process?.isAlive) this.#process = this.#pool.take()
    return this.#process
  }
}
