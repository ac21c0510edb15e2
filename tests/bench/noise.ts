import { cpus, loadavg } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { quantile } from './figures.ts'

/** Slower than the best so far by more than this: somebody else is computing. */
const MAX_SLOWDOWN = 0.15
const MAX_TIMER_LATENESS_MS = 5
const TIMER_MS = 5
/** Programs that want to run, per core; the bench itself is one or two of them. */
const MAX_LOAD_PER_CORE = 2

/** Tells whether the machine is quiet enough to measure on: by its load, how fast it computes and how late its timers are. */
export class NoiseProbe {
  readonly #spinMs: number
  readonly #timersMs: number
  #bestSpeed = 0

  constructor(options: { readonly spinMs: number; readonly timersMs: number }) {
    this.#spinMs = options.spinMs
    this.#timersMs = options.timersMs
  }

  async isQuiet(): Promise<boolean> {
    const speed = spin(this.#spinMs)
    this.#bestSpeed = Math.max(this.#bestSpeed, speed)
    const isSlow = speed < this.#bestSpeed * (1 - MAX_SLOWDOWN)
    const areTimersLate = (await timerLateness(this.#timersMs)) > MAX_TIMER_LATENESS_MS
    const isCrowded = (loadavg()[0] ?? 0) > MAX_LOAD_PER_CORE * cpus().length
    return !isSlow && !areTimersLate && !isCrowded
  }
}

/** @returns units of work done per millisecond. */
function spin(durationMs: number): number {
  const startMs = performance.now()
  let units = 0
  let value = 1
  let nowMs = startMs
  while (nowMs - startMs < durationMs) {
    for (let step = 0; step < 10_000; step++) value = (value * 1_103_515_245 + 12_345) % 2_147_483_648
    units += value >= 0 ? 1 : 0 // Keeps the loop from being optimised away.
    nowMs = performance.now()
  }
  return units / (nowMs - startMs)
}

/** @returns the 99th percentile, in milliseconds. */
async function timerLateness(durationMs: number): Promise<number> {
  const lateness: number[] = []
  const endMs = performance.now() + durationMs
  for (let startMs = performance.now(); startMs < endMs; startMs = performance.now()) {
    await delay(TIMER_MS)
    lateness.push(performance.now() - startMs - TIMER_MS)
  }
  return quantile(lateness, 0.99)
}
