import { type ListeningMode } from '#shared/protocol/commands.ts'
import { type VadStream } from '../engines/contracts.ts'
import { type Clock } from '../lib/clock.ts'
import { samplesOfMs } from './endpointing.ts'
import { Listening, type ListeningEvent } from './listening.ts'
import { RecentAudio } from './recent-audio.ts'
import { ReleaseTail } from './release-tail.ts'
import { type CutterSettings } from './utterance-cutter.ts'

export interface UtteranceSettings extends CutterSettings {
  /** How much of what arrives after the button was let go belongs to the utterance. */
  readonly releaseTailMs: number
}

export const DEFAULT_UTTERANCE_SETTINGS: UtteranceSettings = {
  speechThreshold: 0.5,
  silenceThreshold: 0.35,
  minSpeechMs: 96,
  endOfTurnSilenceMs: 500,
  preRollMs: 300,
  maxUtteranceMs: 30_000,
  releaseTailMs: 250,
}

export type UtteranceEvent = ListeningEvent

interface Dependencies {
  /** Not closed here. */
  readonly vad: VadStream
  readonly clock: Clock
  readonly settings: UtteranceSettings
  /** Must not throw. */
  readonly onEvent: (event: UtteranceEvent) => void
}

/** Early audio older than this was not said into the button. */
const EARLY_MAX_AGE_MS = 100

/** Turns the microphone of one connection into utterances. */
export class UtteranceDetector implements Disposable {
  readonly #dependencies: Dependencies
  /** What comes while nobody listens: the first sound is often sooner than the button. */
  readonly #early: RecentAudio
  #earlyAtMs = -Infinity
  #listening: Listening | undefined
  #tail: ReleaseTail | undefined
  /** Settles when all audio of earlier listening has been judged. */
  #finished: Promise<void> = Promise.resolve()
  #droppedSamples = 0
  #isDisposed = false

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    this.#early = new RecentAudio(samplesOfMs(dependencies.settings.preRollMs))
  }

  /** Samples thrown away so far because they could not be judged in time. */
  get droppedSamples(): number {
    return this.#droppedSamples + (this.#listening?.droppedSamples ?? 0)
  }

  /**
   * Begins to listen. If it does already, what was said so far is committed first.
   * @param pauseMs how much silence ends an utterance, if not as much as is set.
   */
  start(mode: ListeningMode, pauseMs?: number): void {
    this.#finish()
    const { clock, vad } = this.#dependencies
    const settings = { ...this.#dependencies.settings, ...(pauseMs ? { endOfTurnSilenceMs: pauseMs } : {}) }
    const isFresh = clock.nowMs() - this.#earlyAtMs <= EARLY_MAX_AGE_MS
    const before = this.#early.last(mode === 'push_to_talk' && isFresh ? Infinity : 0)
    this.#early.clear()
    const onEvent = (event: UtteranceEvent): void => this.#report(event)
    this.#listening = new Listening({ vad, settings, mode, before, after: this.#finished, onEvent })
  }

  /** Takes a frame of any length; it is copied. */
  push(pcm: Int16Array): void {
    if (this.#listening) {
      this.#listening.push(this.#tail ? this.#tail.take(pcm) : pcm)
    } else {
      this.#early.add(pcm)
      this.#earlyAtMs = this.#dependencies.clock.nowMs()
    }
  }

  /**
   * Ends listening and commits what was said, with push-to-talk including what still arrives within the release
   * tail. Resolves when everything has been judged and the last utterance has ended.
   */
  async stop(): Promise<void> {
    const listening = this.#listening
    if (listening?.mode === 'push_to_talk') {
      const { clock, settings } = this.#dependencies
      this.#tail ??= new ReleaseTail({ clock, tailMs: settings.releaseTailMs })
      await this.#tail.over
    }
    if (listening === this.#listening) this.#finish()
    await this.#finished
  }

  /** Abandons what is under way, without an event. */
  [Symbol.dispose](): void {
    this.#isDisposed = true
    this.#listening?.abandon()
    this.#finish()
  }

  #report(event: UtteranceEvent): void {
    if (!this.#isDisposed) this.#dependencies.onEvent(event)
  }

  #finish(): void {
    this.#tail?.end()
    this.#tail = undefined
    if (!this.#listening) return
    this.#droppedSamples += this.#listening.droppedSamples
    this.#finished = this.#listening.finish()
    this.#listening = undefined
  }
}
