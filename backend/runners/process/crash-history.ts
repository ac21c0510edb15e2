/** When a runner that keeps crashing may be started again. */

const WINDOW_MS = 60_000
const FIRST_REST_MS = 5_000
const LONGEST_REST_MS = 300_000

export class CrashHistory {
  readonly #maxCrashes: number
  #crashes: number[] = []
  #rests = 0

  /** @param maxCrashes so many within a minute, and it rests; each rest twice as long as the one before. */
  constructor(maxCrashes: number) {
    this.#maxCrashes = maxCrashes
  }

  /** @returns until when it is left alone, if it crashed too often. */
  crashed(nowMs: number): number | undefined {
    this.#crashes = [...this.#crashes.filter((atMs) => nowMs - atMs < WINDOW_MS), nowMs]
    if (this.#crashes.length < this.#maxCrashes) return undefined
    const restMs = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** this.#rests)
    this.#rests += 1
    return nowMs + restMs
  }

  /** It has worked for a while, or somebody has seen to it. */
  forget(): void {
    this.#crashes = []
    this.#rests = 0
  }
}
