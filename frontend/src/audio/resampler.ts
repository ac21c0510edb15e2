/** Zero crossings of the filter on each side; more is steeper and slower. */
const ZERO_CROSSINGS = 32
/** Where the pass band ends, as a share of the lower rate's half: room for the filter to fall. */
const PASS_BAND = 0.94
const KAISER_BETA = 8
const KAISER_PEAK = besselI0(KAISER_BETA)

/**
 * Changes the sample rate of a stream of mono audio: windowed-sinc, polyphase, no delay.
 * Output sample n stands for the moment n · from / to of the input; a stream of `length` samples becomes
 * ⌈length · to / from⌉ samples. With equal rates samples pass through unchanged.
 */
export class Resampler {
  readonly #phases: number
  readonly #step: number
  /** Input samples on each side that one output sample looks at. */
  readonly #reach: number
  readonly #filters: readonly Float32Array[]
  /** The input still needed; its first sample is number `#start` of the stream, and stream starts with silence. */
  #input = new Float32Array(0)
  #start = 0
  /** How many samples went in and came out since the beginning. */
  #read = 0
  #written = 0

  constructor(rates: { fromHz: number; toHz: number }) {
    const common = greatestCommonDivisor(rates.fromHz, rates.toHz)
    this.#phases = rates.toHz / common
    this.#step = rates.fromHz / common
    const cutoff = Math.min(1, rates.toHz / rates.fromHz) * PASS_BAND
    this.#reach = this.#isTransparent() ? 0 : Math.ceil(ZERO_CROSSINGS / cutoff)
    this.#filters = this.#isTransparent()
      ? []
      : filtersFor({ phases: this.#phases, reach: this.#reach, cutoff })
  }

  /** @returns what can be said for certain so far; the last ~1 ms waits for more input or `flush()`. */
  process(input: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
    if (this.#isTransparent()) return input
    this.#append(input)
    this.#read += input.length
    return this.#produce(this.#read - this.#reach - 1)
  }

  /** The end of the stream: what was still waiting. Silence is taken to follow. */
  flush(): Float32Array<ArrayBuffer> {
    if (this.#isTransparent()) return new Float32Array(0)
    this.#append(new Float32Array(this.#reach + 1))
    return this.#produce(this.#read)
  }

  #isTransparent(): boolean {
    return this.#phases === this.#step
  }

  #append(samples: Float32Array): void {
    const joined = new Float32Array(this.#input.length + samples.length)
    joined.set(this.#input)
    joined.set(samples, this.#input.length)
    this.#input = joined
  }

  /** All output whose moment lies before input sample `end`. */
  #produce(end: number): Float32Array<ArrayBuffer> {
    const count = Math.max(0, Math.ceil((end * this.#phases) / this.#step) - this.#written)
    const output = new Float32Array(count)
    for (let n = 0; n < count; n++) output[n] = this.#sampleAt(this.#written + n)
    this.#written += count
    this.#forget()
    return output
  }

  #sampleAt(n: number): number {
    const moment = n * this.#step
    const centre = Math.floor(moment / this.#phases)
    const filter = this.#filters[moment % this.#phases] ?? []
    const first = centre - this.#reach - this.#start
    let sum = 0
    for (let tap = Math.max(0, -first); tap < filter.length; tap++) {
      sum += (filter[tap] ?? 0) * (this.#input[first + tap] ?? 0)
    }
    return sum
  }

  #forget(): void {
    const needed = Math.floor((this.#written * this.#step) / this.#phases) - this.#reach
    const surplus = Math.min(this.#input.length, Math.max(0, needed - this.#start))
    this.#input = this.#input.slice(surplus)
    this.#start += surplus
  }
}

interface Design {
  readonly phases: number
  readonly reach: number
  readonly cutoff: number
}

/** Designing takes a millisecond or two, and a call uses one or two pairs of rates. */
const designs = new Map<string, readonly Float32Array[]>()

function filtersFor(design: Design): readonly Float32Array[] {
  const key = `${design.phases} ${design.reach} ${design.cutoff}`
  const filters = designs.get(key) ?? polyphaseFilters(design)
  designs.set(key, filters)
  return filters
}

/** One filter per fraction of a sample; each sums to one, so that a constant stays what it is. */
function polyphaseFilters({ phases, reach, cutoff }: Design): Float32Array[] {
  return Array.from({ length: phases }, (_, phase) => {
    const filter = new Float32Array(2 * reach + 2)
    for (let tap = 0; tap < filter.length; tap++) {
      const distance = tap - reach - phase / phases
      filter[tap] = sinc(distance * cutoff) * kaiser(distance / (reach + 1))
    }
    const sum = filter.reduce((total, value) => total + value, 0)
    return filter.map((value) => value / sum)
  })
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)
}

/** @param position −1 … 1; zero outside. */
function kaiser(position: number): number {
  return Math.abs(position) >= 1
    ? 0
    : besselI0(KAISER_BETA * Math.sqrt(1 - position * position)) / KAISER_PEAK
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(x: number): number {
  let sum = 1
  let term = 1
  for (let k = 1; term > 1e-10 * sum; k++) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
