import { type Worker } from 'node:worker_threads'
import { type EngineStatus } from '#shared/entities.ts'
import { AppError } from '../../../errors.ts'
import { systemClock, type Clock } from '../../../lib/clock.ts'
import { startWorker } from '../../../lib/spawn.ts'
import { VAD_WINDOW_SAMPLES, type VadStream, type VoiceActivityDetector } from '../../contracts.ts'
import { GatedStream } from '../gated-stream.ts'
import { Batcher } from './batcher.ts'
import { sileroModelPath } from './silero-model.ts'
import { SileroThread } from './silero-thread.ts'

export interface SileroOptions {
  /** Of a Silero v6 ONNX file. @default the installed one */
  readonly modelPath?: string
  /** Whether windows of clear silence go unjudged. @default true */
  readonly hasEnergyGate?: boolean
  /** @default systemClock */
  readonly clock?: Clock
  /** Starts the thread that judges. @default a worker thread with the model */
  readonly startThread?: (modelPath: string) => Worker
}

/**
 * Loads the model; the detector judges at once when this resolves.
 * @throws AppError `engine_unavailable` if the model cannot be loaded.
 */
export async function createSileroDetector(options: SileroOptions = {}): Promise<SileroDetector> {
  const detector = new SileroDetector(options)
  try {
    await detector.ready()
    return detector
  } catch (error) {
    await detector[Symbol.asyncDispose]()
    throw new AppError('engine_unavailable', 'Cannot load the voice activity model Silero', { cause: error })
  }
}

export function startSileroWorker(modelPath: string): Worker {
  return startWorker(new URL('silero-worker.ts', import.meta.url), { workerData: modelPath })
}

/** Silero v6 in one worker thread; the windows of all streams are judged together. */
export class SileroDetector implements VoiceActivityDetector {
  readonly name = 'silero'
  readonly #thread: SileroThread
  readonly #batcher: Batcher
  readonly #hasEnergyGate: boolean

  constructor(options: SileroOptions) {
    const { modelPath = sileroModelPath(), startThread = startSileroWorker, clock = systemClock } = options
    const thread = new SileroThread({ start: () => startThread(modelPath), clock })
    this.#thread = thread
    this.#batcher = new Batcher({ judge: (batch) => thread.judge(batch), clock })
    this.#hasEnergyGate = options.hasEnergyGate ?? true
  }

  /** Since the start: windows judged by the model, in how many batches. */
  get counts(): { readonly windows: number; readonly batches: number } {
    return this.#batcher.counts
  }

  ready(): Promise<void> {
    return this.#thread.ready()
  }

  status(): EngineStatus {
    return { name: this.name, ready: this.#thread.isReady }
  }

  openStream(): VadStream {
    const stream = new SileroStream(this.#batcher)
    return this.#hasEnergyGate ? new GatedStream(stream) : stream
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#batcher[Symbol.dispose]()
    await this.#thread[Symbol.asyncDispose]()
  }
}

class SileroStream implements VadStream {
  readonly #batcher: Batcher
  #stream: number
  #isClosed = false

  constructor(batcher: Batcher) {
    this.#batcher = batcher
    this.#stream = batcher.open()
  }

  speechProbability(window: Int16Array): Promise<number> {
    if (window.length !== VAD_WINDOW_SAMPLES) {
      const message = `Cannot judge window: ${VAD_WINDOW_SAMPLES} samples wanted, received ${window.length}`
      return Promise.reject(new RangeError(message))
    }
    if (this.#isClosed) {
      return Promise.reject(
        new AppError('engine_failed', 'Cannot judge voice activity: the stream is closed'),
      )
    }
    return this.#batcher.judge(this.#stream, window)
  }

  /** The model remembers by number: a new one knows nothing. */
  reset(): void {
    if (this.#isClosed) return
    this.#batcher.close(this.#stream)
    this.#stream = this.#batcher.open()
  }

  [Symbol.dispose](): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#batcher.close(this.#stream)
  }
}
