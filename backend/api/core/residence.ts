import { type RunnerInfo } from '#shared/entities.ts'
import { type Clock } from '../../lib/clock.ts'
import { type RunnerService } from '../../runners/contract.ts'
import { type Talkable } from './contract.ts'

/** How long a model counts as in use where nobody says. */
const KEPT_MS = 5 * 60_000

interface ResidenceDeps {
  /** Absent: no model runs on this machine by our doing. */
  readonly runners?: RunnerService | undefined
  readonly clock: Clock
  /** The model that speaks for characters. */
  readonly standardModel: () => string
}

/** Until when a model stays; `never` leaves on its own. */
export type Expiry = Date | 'never'

/**
 * What "loaded" means to programs. Of a runner it is what the runner does; servers elsewhere load as they like, so there
 * it is what the programs asked for.
 */
export class Residence {
  readonly #deps: ResidenceDeps
  readonly #expiries = new Map<string, Expiry>()
  readonly #unloaded = new Set<string>()

  constructor(deps: ResidenceDeps) {
    this.#deps = deps
  }

  /** The runner behind a model, or behind whoever speaks through it. */
  runnerOf({ id, kind }: Talkable): RunnerInfo | undefined {
    return this.#deps.runners?.find(kind === 'character' ? this.#deps.standardModel() : id)
  }

  /**
   * Resolves when it would answer at once.
   * @param onProgress told how far it is, 0 … 1.
   * @returns how long that took, in milliseconds.
   */
  async load(
    talkable: Talkable,
    signal: AbortSignal,
    onProgress: (progress: number) => void = () => {},
  ): Promise<number> {
    const { clock, runners } = this.#deps
    const startedMs = clock.nowMs()
    const runner = this.runnerOf(talkable)
    if (!runner || !runners) return 0
    const stopListening = runners.onChange((change) => {
      if (change.type !== 'runner' || change.runner.id !== runner.id) return
      if (change.runner.progress !== undefined) onProgress(change.runner.progress)
    })
    await runners.start(runner.id, signal).finally(stopListening)
    return clock.nowMs() - startedMs
  }

  /** Resolves when its memory is free. Characters leave alone: others may speak through the same model. */
  async unload(talkable: Talkable): Promise<void> {
    this.#expiries.delete(talkable.id)
    this.#unloaded.add(talkable.id)
    const runner = this.runnerOf(talkable)
    if (runner && talkable.kind !== 'character') await this.#deps.runners?.stop(runner.id)
  }

  /** @param keepMs how long it is to stay from now on; Infinity: for ever; absent: as it would anyway. */
  use(talkable: Talkable, keepMs?: number): void {
    const { clock, runners } = this.#deps
    const runner = this.runnerOf(talkable)
    if (runner && keepMs !== undefined && talkable.kind !== 'character') runners?.keepAlive(runner.id, keepMs)
    this.#unloaded.delete(talkable.id)
    if (keepMs === 0) this.#expiries.delete(talkable.id)
    else this.#expiries.set(talkable.id, expiryIn(keepMs ?? KEPT_MS, clock.date()))
  }

  /** Whether it would answer at once, as far as programs are told. */
  isLoaded(talkable: Talkable): boolean {
    const runner = this.runnerOf(talkable)
    if (runner) return runner.state === 'ready'
    return talkable.state === 'loaded' && !this.#unloaded.has(talkable.id)
  }

  /** From now on, in milliseconds. */
  leftMs(expiry: Date): number {
    return expiry.getTime() - this.#deps.clock.date().getTime()
  }

  /** Until when it stays; undefined: nobody uses it. */
  expiryOf(talkable: Talkable): Expiry | undefined {
    const runner = talkable.kind === 'character' ? undefined : this.runnerOf(talkable)
    if (runner) {
      if (runner.state !== 'ready') return undefined
      return runner.expires_at === undefined ? 'never' : new Date(runner.expires_at)
    }
    const expiry = this.#expiries.get(talkable.id)
    if (expiry === undefined || expiry === 'never') return expiry
    if (expiry > this.#deps.clock.date()) return expiry
    this.#expiries.delete(talkable.id)
    return undefined
  }
}

/** The last moment that a date can hold is `never`, too. */
function expiryIn(durationMs: number, now: Date): Expiry {
  const at = new Date(now.getTime() + durationMs)
  return Number.isFinite(at.getTime()) ? at : 'never'
}
