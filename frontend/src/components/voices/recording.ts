/** A recording that a voice is to sound like: mono, 16-bit, at this rate, which is what cloning models listen to. */
export const RECORDING_RATE = 24_000
export const SHORTEST_SECONDS = 3
export const LONGEST_SECONDS = 30

/** Quieter than this is silence: −46 dB. */
const SILENT = 0.005 * 32_768
const WINDOW_MS = 20
/** What is left of the silence at both ends, so that no breath is cut. */
const MARGIN_MS = 150

type Samples = Int16Array<ArrayBuffer>

/** Without the silence at its beginning and end; nothing is left of what is silent throughout. */
export function trimmed(samples: Samples): Samples {
  const window = (RECORDING_RATE * WINDOW_MS) / 1_000
  const margin = (RECORDING_RATE * MARGIN_MS) / 1_000
  const loud: number[] = []
  for (let at = 0; at < samples.length; at += window) {
    if (loudness(samples.subarray(at, at + window)) > SILENT) loud.push(at)
  }
  const first = loud.at(0)
  const last = loud.at(-1)
  if (first === undefined || last === undefined) return samples.slice(0, 0)
  return samples.slice(Math.max(0, first - margin), last + window + margin)
}

export function shortened(samples: Samples): Samples {
  return samples.slice(0, LONGEST_SECONDS * RECORDING_RATE)
}

export function secondsOf(samples: Samples): number {
  return samples.length / RECORDING_RATE
}

export function joined(pieces: readonly Samples[]): Samples {
  const whole = new Int16Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

function loudness(samples: Samples): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  return Math.sqrt(sum / Math.max(1, samples.length))
}
