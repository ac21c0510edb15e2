/**
 * Tells which windows are so clearly silence that the model need not judge them.
 *
 * It closes only after half a second in which the model heard nothing, and only for windows hardly louder than
 * the background it has learnt meanwhile; every 16th window is judged all the same, so that neither the model's
 * memory nor the learnt background grows old. Loudness is the root mean square of PCM16 samples.
 */
export class EnergyGate {
  /** Windows to judge before the gate may close. The first second teaches the background. */
  #openWindows = 32
  #skippedInARow = 0
  #background: number | undefined

  /** Whether this window may go unjudged. Call once per window, in order. */
  skips(loudness: number): boolean {
    if (this.#openWindows > 0) {
      this.#openWindows--
      return false
    }
    if (loudness > this.#threshold()) {
      this.#openWindows = HOLD_WINDOWS
      this.#skippedInARow = 0
      return false
    }
    this.#skippedInARow = (this.#skippedInARow + 1) % HEARTBEAT_WINDOWS
    if (this.#skippedInARow > 0) this.#learn(loudness)
    return this.#skippedInARow > 0
  }

  /** What the model made of a window that was not skipped. */
  judged(loudness: number, probability: number): void {
    if (probability < SILENCE_PROBABILITY) this.#learn(loudness)
    else this.#openWindows = HOLD_WINDOWS
  }

  #threshold(): number {
    return Math.min(LOUDEST_SILENCE, Math.max(DIGITAL_SILENCE, (this.#background ?? 0) * MARGIN))
  }

  /** Falls fast and rises slowly: a voice that swells must not become background. */
  #learn(loudness: number): void {
    const background = this.#background ?? loudness
    const rate = loudness < background ? FALL_RATE : RISE_RATE
    this.#background = background + (loudness - background) * rate
  }
}

/** @returns root mean square of the samples. */
export function loudnessOf(samples: Int16Array): number {
  let energy = 0
  for (const sample of samples) energy += sample * sample
  return Math.sqrt(energy / Math.max(1, samples.length))
}

const HOLD_WINDOWS = 16
const HEARTBEAT_WINDOWS = 16
/** Below this the model is sure that nobody speaks. */
const SILENCE_PROBABILITY = 0.1
/** +3 dB: speech as loud as the background itself opens the gate. */
const MARGIN = 1.41
/** About -78 dBFS: the noise of a converter. */
const DIGITAL_SILENCE = 4
/** About -36 dBFS: in a louder place the model judges everything. */
const LOUDEST_SILENCE = 500
const FALL_RATE = 0.3
const RISE_RATE = 0.03
