import { performance } from 'node:perf_hooks'

/** How long timers may run before sockets are looked at again. */
const SLICE_MS = 1

/** The milliseconds-now, and the event loop's next phase: injected for tests. */
export interface Loop {
  nowMs(): number
  /** Calls back after sockets were looked at. */
  afterPoll(callback: () => void): void
}

const nodeLoop: Loop = {
  nowMs: () => performance.now(),
  afterPoll: (callback) => {
    setImmediate(callback)
  },
}

/**
 * Runs what is due a slice at a time. Node runs all timers that are due before it looks at its sockets; with a hundred
 * people being talked to that can be tens of milliseconds of frames, and "stop" must not wait for them.
 */
export class FairTimers {
  readonly #loop: Loop
  #sliceStartMs: number | undefined
  #waiting = 0

  constructor(loop: Loop = nodeLoop) {
    this.#loop = loop
  }

  /** Runs `callback` now, or, if the slice is used up or others wait, in its turn. */
  run(callback: () => void): void {
    if (this.#waiting === 0 && this.#hasTime()) {
      callback()
      return
    }
    this.#waiting += 1
    this.#wait(callback)
  }

  #wait(callback: () => void): void {
    this.#loop.afterPoll(() => {
      if (!this.#hasTime()) {
        this.#wait(callback)
        return
      }
      this.#waiting -= 1
      callback()
    })
  }

  #hasTime(): boolean {
    const nowMs = this.#loop.nowMs()
    if (this.#sliceStartMs === undefined) {
      this.#sliceStartMs = nowMs
      this.#loop.afterPoll(() => {
        this.#sliceStartMs = undefined
      })
    }
    return nowMs - this.#sliceStartMs < SLICE_MS
  }
}
