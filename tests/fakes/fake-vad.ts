import { type EngineStatus } from '#shared/entities.ts'
import {
  VAD_WINDOW_SAMPLES,
  type VadStream,
  type VoiceActivityDetector,
} from '../../backend/engines/contracts.ts'
import { AppError } from '../../backend/errors.ts'
import { deferred, type Deferred } from '../../backend/lib/deferred.ts'

/** Louder than this is speech to the fake. */
const SPEECH_PEAK = 1000

/** Takes whatever is loud for speech, or follows a script; judges within microtasks. */
export class FakeVad implements VoiceActivityDetector {
  readonly name = 'fake'
  /** Probabilities to give out instead of judging, in order and over all streams. */
  readonly script: number[] = []
  /** How many windows fail, those being judged included. */
  failures = 0
  openStreams = 0
  judgedWindows = 0
  resets = 0
  #held: Deferred<void> | undefined
  #isDisposed = false

  status(): EngineStatus {
    return { name: this.name, ready: !this.#isDisposed }
  }

  openStream(): VadStream {
    this.openStreams++
    let isOpen = true
    return {
      speechProbability: (window) => this.#judge(window, isOpen),
      reset: () => {
        this.resets++
      },
      [Symbol.dispose]: () => {
        if (isOpen) this.openStreams--
        isOpen = false
      },
    }
  }

  /** Makes every judgement wait until the returned function is called. */
  hold(): () => void {
    const held = deferred()
    this.#held = held
    return () => {
      this.#held = undefined
      held.resolve()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true
  }

  async #judge(window: Int16Array, isOpen: boolean): Promise<number> {
    if (window.length !== VAD_WINDOW_SAMPLES) {
      throw new RangeError(
        `Cannot judge window: ${VAD_WINDOW_SAMPLES} samples wanted, received ${window.length}`,
      )
    }
    // Judged before anything is waited for: the window is not kept.
    const probability = window.some((sample) => Math.abs(sample) > SPEECH_PEAK) ? 0.95 : 0.02
    await this.#held?.promise
    if (!isOpen || this.#isDisposed || this.failures > 0) {
      this.failures = Math.max(0, this.failures - 1)
      throw new AppError('engine_failed', 'Cannot judge voice activity: the fake was told to fail')
    }
    this.judgedWindows++
    return this.script.shift() ?? probability
  }
}
