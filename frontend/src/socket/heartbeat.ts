import { type Clock } from './clock.ts'

const INTERVAL_MS = 15_000
const PATIENCE_MS = 10_000

/** Asks a quiet line for a sign of life every 15 s; calls it dead after 10 s without any. */
export class Heartbeat {
  readonly #clock: Clock
  readonly #actions: { ping: () => void; onDead: () => void }
  #cancel: () => void = () => {}

  constructor(clock: Clock, actions: { ping: () => void; onDead: () => void }) {
    this.#clock = clock
    this.#actions = actions
  }

  /** Something arrived, or the line was just opened. */
  beat(): void {
    this.stop()
    this.#cancel = this.#clock.after(INTERVAL_MS, () => {
      this.probe()
    })
  }

  /** Asks at once, for instance after the computer slept. */
  probe(): void {
    this.stop()
    this.#cancel = this.#clock.after(PATIENCE_MS, () => {
      this.#actions.onDead()
    })
    this.#actions.ping()
  }

  stop(): void {
    this.#cancel()
    this.#cancel = () => {}
  }
}
