/** Time as the client sees it, so that tests decide what time it is. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  nowMs(): number
  /**
   * Calls back once after `delayMs`.
   * @returns a function that cancels the call.
   */
  after(delayMs: number, callback: () => void): () => void
}

export const browserClock: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
}
