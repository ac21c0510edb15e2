import { MICROPHONE_SAMPLE_RATE } from '#shared/audio.ts'
import { Channel } from '../../lib/channel.ts'
import { macrotask } from '../../lib/macrotask.ts'
import { Resampler } from '../../lib/resample.ts'
import { type Sound } from './audio-format.ts'

/** How much is converted before others get their turn. */
const PIECE_MS = 500

/** Brings what programs send to the rate of the ears; much of it at once in pieces, so that nobody else waits. */
export class MicrophoneFeed {
  readonly #piece: number
  readonly #resampler: Resampler
  readonly #onSamples: (samples: Int16Array) => void
  readonly #waiting: Int16Array[] = []
  #isRunning = false
  #onEnd: (() => void) | undefined

  constructor(rate: number, onSamples: (samples: Int16Array) => void) {
    this.#piece = Math.round((rate * PIECE_MS) / 1000)
    this.#resampler = new Resampler({ fromRate: rate, toRate: MICROPHONE_SAMPLE_RATE })
    this.#onSamples = onSamples
  }

  push(samples: Int16Array): void {
    for (let at = 0; at < samples.length; at += this.#piece) {
      this.#waiting.push(samples.subarray(at, at + this.#piece))
    }
    this.#next()
  }

  /** Nothing more comes; calls back when everything has been given out. */
  end(onEnd: () => void): void {
    this.#onEnd = onEnd
    this.#next()
  }

  async #later(): Promise<void> {
    await macrotask()
    this.#isRunning = false
    this.#next()
  }

  #next(): void {
    if (this.#isRunning) return
    const piece = this.#waiting.shift()
    if (piece) this.#onSamples(this.#resampler.push(piece))
    if (this.#waiting.length > 0) {
      this.#isRunning = true
      void this.#later()
      return
    }
    if (!this.#onEnd) return
    this.#onSamples(this.#resampler.end())
    this.#onEnd()
    this.#onEnd = undefined
  }
}

/** A recording as a microphone would have given it. */
export function asMicrophone(sound: Sound): AsyncIterable<Int16Array> {
  const channel = new Channel<Int16Array>({ capacity: Infinity })
  const feed = new MicrophoneFeed(sound.rate, (samples) => void channel.trySend(samples))
  feed.push(sound.slice(0, Infinity))
  feed.end(() => channel.close())
  return channel
}
