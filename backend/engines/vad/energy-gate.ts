/**
 * Tells which windows are so clearly silence that the model need not judge them.
 *
 * It closes only after half a second in which the model heard nothing, and only for windows no louder than the
 * background it has learnt meanwhile usually is; every 16th window is judged all the same, so that neither the
 * model's memory nor the learnt background grows old. Loudness is in units of PCM16 samples.
 */
export class EnergyGate {
  /** Windows to judge before the gate may close. The first second teaches the background. */
  #openWindows = 32
  #skippedInARow = 0
  /** Of the background: its loudness, and by how much that varies. */
  #mean: number | undefined
  #deviation = 0

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
    const isSkipped = this.#skippedInARow > 0
    if (isSkipped) this.#learn(loudness)
    return isSkipped
  }

  /** What the model made of a window that was not skipped. */
  judged(loudness: number, probability: number): void {
    if (probability < SILENCE_PROBABILITY) this.#learn(loudness)
    else this.#openWindows = HOLD_WINDOWS
  }

  #threshold(): number {
    const mean = this.#mean ?? 0
    const usual = clamp(mean + DEVIATIONS * this.#deviation, mean * MIN_MARGIN, mean * MAX_MARGIN)
    return clamp(usual, DIGITAL_SILENCE, LOUDEST_SILENCE)
  }

  #learn(loudness: number): void {
    const mean = this.#mean ?? loudness
    // A door that slams is no speech, but it is not the background either.
    const change = Math.min(loudness, 2 * mean + DIGITAL_SILENCE) - mean
    this.#mean = mean + change * LEARNING_RATE
    this.#deviation += (Math.abs(change) - this.#deviation) * LEARNING_RATE
  }
}

/** @returns root mean square of what is above about 130 Hz: traffic and fans rumble below, speech does not need it. */
export function loudnessOf(samples: Int16Array): number {
  let energy = 0
  let before = samples[0] ?? 0
  let filtered = 0
  for (const sample of samples) {
    filtered = sample - before + HIGH_PASS * filtered
    before = sample
    energy += filtered * filtered
  }
  return Math.sqrt(energy / Math.max(1, samples.length))
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value))
}

/** Of a one-pole filter at 16 kHz. */
const HIGH_PASS = 0.95
const HOLD_WINDOWS = 16
const HEARTBEAT_WINDOWS = 16
/** Below this the model is sure that nobody speaks. */
const SILENCE_PROBABILITY = 0.1
/** Per window: about 0.6 s of background count. */
const LEARNING_RATE = 0.05
const DEVIATIONS = 3
/** How much louder than the background, at least and at most, a window must be to be judged. */
const MIN_MARGIN = 1.2
const MAX_MARGIN = 2
/** About -78 dBFS: the noise of a converter. */
const DIGITAL_SILENCE = 4
/** About -36 dBFS: in a louder place the model judges everything. */
const LOUDEST_SILENCE = 500
