import { type Clock } from '../lib/clock.ts'
import { deferred } from '../lib/deferred.ts'
import { samplesOfMs } from './endpointing.ts'

/** Without a frame for this long, the client sends no more. */
const FRAME_GAP_MS = 60

/**
 * What may still arrive after the button was let go: over after `tailMs` of audio or of time, and sooner if no
 * frame comes any more.
 */
export class ReleaseTail {
  readonly #over = deferred()
  readonly #clock: Clock
  readonly #cancelDeadline: () => void
  #cancelGap: () => void
  #samplesLeft: number

  constructor(options: { clock: Clock; tailMs: number }) {
    this.#clock = options.clock
    this.#samplesLeft = samplesOfMs(options.tailMs)
    this.#cancelDeadline = options.clock.after(options.tailMs, () => this.end())
    this.#cancelGap = options.clock.after(Math.min(FRAME_GAP_MS, options.tailMs), () => this.end())
  }

  get over(): Promise<void> {
    return this.#over.promise
  }

  /** @returns the part of the frame that belongs to the tail. */
  take(pcm: Int16Array): Int16Array {
    const part = pcm.subarray(0, this.#samplesLeft)
    this.#samplesLeft -= part.length
    this.#cancelGap()
    if (this.#samplesLeft === 0) this.end()
    else this.#cancelGap = this.#clock.after(FRAME_GAP_MS, () => this.end())
    return part
  }

  end(): void {
    this.#cancelDeadline()
    this.#cancelGap()
    this.#over.resolve()
  }
}
