import { MICROPHONE_SAMPLE_RATE } from '#shared/audio.ts'

/** When speech begins and ends, told from probabilities. Pure; all time is counted in samples. */

export interface EndpointingSettings {
  /** From this probability on a window counts towards the beginning of speech. */
  readonly speechThreshold: number
  /** Below this one it is silence; between the two, what was so far goes on. */
  readonly silenceThreshold: number
  /** How much speech it takes to be believed. */
  readonly minSpeechMs: number
  /** How much silence ends speech. */
  readonly endOfTurnSilenceMs: number
}

export type SpeechChange =
  /** Speech is certain; it began at `atSample`. */
  | { readonly type: 'started'; readonly atSample: number }
  /** It goes on. `voicedSamples` of it so far, pauses left out. */
  | { readonly type: 'voiced'; readonly voicedSamples: number }
  | SpeechStopped

/** There has been silence for long enough; speech ended at `atSample`. */
export interface SpeechStopped {
  readonly type: 'stopped'
  readonly atSample: number
}

export interface Span {
  readonly startSample: number
  readonly endSample: number
}

export class Endpointing {
  readonly #settings: EndpointingSettings
  #isSpeaking = false
  #startSample: number | undefined
  /** Where the latest window with speech ended. */
  #speechEndSample = 0
  #voicedSamples = 0
  #silentSamples = 0

  constructor(settings: EndpointingSettings) {
    this.#settings = settings
  }

  /** Takes the next window. */
  judge(window: Span, probability: number): SpeechChange | undefined {
    return this.#isSpeaking ? this.#whileSpeaking(window, probability) : this.#whileQuiet(window, probability)
  }

  /** Ends speech that is under way. */
  end(): SpeechStopped | undefined {
    return this.#isSpeaking ? this.#stop() : undefined
  }

  #whileQuiet(window: Span, probability: number): SpeechChange | undefined {
    if (probability < this.#settings.silenceThreshold) this.#forget()
    if (probability < this.#settings.speechThreshold) return undefined
    this.#startSample ??= window.startSample
    this.#hearVoice(window)
    if (this.#voicedSamples < samplesOfMs(this.#settings.minSpeechMs)) return undefined
    this.#isSpeaking = true
    return { type: 'started', atSample: this.#startSample }
  }

  #whileSpeaking(window: Span, probability: number): SpeechChange | undefined {
    if (probability >= this.#settings.silenceThreshold) {
      this.#hearVoice(window)
      return { type: 'voiced', voicedSamples: this.#voicedSamples }
    }
    this.#silentSamples += window.endSample - window.startSample
    return this.#silentSamples >= samplesOfMs(this.#settings.endOfTurnSilenceMs) ? this.#stop() : undefined
  }

  #hearVoice(window: Span): void {
    this.#voicedSamples += window.endSample - window.startSample
    this.#speechEndSample = window.endSample
    this.#silentSamples = 0
  }

  #stop(): SpeechStopped {
    this.#isSpeaking = false
    this.#forget()
    return { type: 'stopped', atSample: this.#speechEndSample }
  }

  #forget(): void {
    this.#startSample = undefined
    this.#voicedSamples = 0
    this.#silentSamples = 0
  }
}

export function samplesOfMs(durationMs: number): number {
  return Math.round((durationMs * MICROPHONE_SAMPLE_RATE) / 1000)
}

export function msOfSamples(samples: number): number {
  return (samples * 1000) / MICROPHONE_SAMPLE_RATE
}
