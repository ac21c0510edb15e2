import { toSample } from './pcm.ts'

/** Sinc lobes on each side, Kaiser window: about 90 dB of stop band, a pass band up to 0.82 of the lower Nyquist. */
const LOBES = 32
const KAISER_BETA = 9
const CUTOFF = 0.91

/**
 * Changes the sample rate of a stream, chunk by chunk, by a windowed-sinc polyphase filter.
 *
 * - However the input is cut, the output is the same; it is not shifted in time.
 * - `push` holds back what still needs later input (a few milliseconds); `end` gives it out.
 * - n samples in are ceil(n × to / from) samples out.
 */
export class Resampler {
  readonly #up: number
  readonly #down: number
  readonly #reach: number
  readonly #phases: readonly Float64Array[]
  /** Input that is still needed, and the position of its first sample in the stream. */
  #input: Float64Array
  #inputStart: number
  #received = 0
  #produced = 0

  /** @param rates whole numbers of Hz; the fewer their common factors, the larger the filter table. */
  constructor({ fromRate, toRate }: { fromRate: number; toRate: number }) {
    const divisor = greatestCommonDivisor(fromRate, toRate)
    this.#up = toRate / divisor
    this.#down = fromRate / divisor
    const bandwidth = Math.min(1, toRate / fromRate)
    this.#reach = Math.ceil(LOBES / bandwidth)
    this.#phases = Array.from({ length: this.#up }, (_, phase) =>
      filterPhase(phase / this.#up, this.#reach, bandwidth * CUTOFF),
    )
    this.#input = new Float64Array(this.#reach)
    this.#inputStart = -this.#reach
  }

  push(samples: Int16Array): Int16Array {
    this.#received += samples.length
    this.#append(Float64Array.from(samples))
    return this.#produce(this.#lastComplete())
  }

  /** The rest of the output. The stream is over then. */
  end(): Int16Array {
    this.#append(new Float64Array(this.#reach + 1))
    return this.#produce(Math.ceil((this.#received * this.#up) / this.#down))
  }

  #append(samples: Float64Array): void {
    const joined = new Float64Array(this.#input.length + samples.length)
    joined.set(this.#input)
    joined.set(samples, this.#input.length)
    this.#input = joined
  }

  /** How many output samples in all the input so far is enough for. */
  #lastComplete(): number {
    const reachable = this.#received - this.#reach
    return Math.max(this.#produced, Math.ceil((reachable * this.#up) / this.#down))
  }

  #produce(until: number): Int16Array {
    const output = new Int16Array(until - this.#produced)
    for (let index = 0; index < output.length; index += 1) {
      output[index] = toSample(this.#sampleAt(this.#produced + index))
    }
    this.#produced = until
    this.#forget(Math.floor((until * this.#down) / this.#up) - this.#reach)
    return output
  }

  #sampleAt(position: number): number {
    const ticks = position * this.#down
    const taps = this.#phases[ticks % this.#up] ?? new Float64Array()
    const first = Math.floor(ticks / this.#up) - this.#reach + 1 - this.#inputStart
    let sum = 0
    for (let tap = 0; tap < taps.length; tap += 1) sum += (this.#input[first + tap] ?? 0) * (taps[tap] ?? 0)
    return sum
  }

  #forget(before: number): void {
    const count = Math.min(before - this.#inputStart, this.#input.length)
    if (count <= 0) return
    this.#input = this.#input.slice(count)
    this.#inputStart += count
  }
}

/** All of a recording at once. */
export function resampled(samples: Int16Array, rates: { fromRate: number; toRate: number }): Int16Array {
  if (rates.fromRate === rates.toRate) return samples
  const resampler = new Resampler(rates)
  const head = resampler.push(samples)
  const tail = resampler.end()
  const whole = new Int16Array(head.length + tail.length)
  whole.set(head)
  whole.set(tail, head.length)
  return whole
}

/** The taps for an output sample that lies `fraction` of an input sample behind one, scaled to a gain of 1. */
function filterPhase(fraction: number, reach: number, cutoff: number): Float64Array {
  const taps = Float64Array.from({ length: reach * 2 }, (_, tap) => {
    const distance = tap - reach + 1 - fraction
    return sinc(distance * cutoff) * kaiser(distance / reach)
  })
  const sum = taps.reduce((total, tap) => total + tap, 0)
  return taps.map((tap) => tap / sum)
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)
}

function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : besselI0(KAISER_BETA * Math.sqrt(1 - x * x)) / besselI0(KAISER_BETA)
}

function besselI0(x: number): number {
  let term = 1
  let sum = 1
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
