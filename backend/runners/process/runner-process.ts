import { AppError } from '../../errors.ts'
import { abortReason } from '../../lib/abort.ts'
import { type Clock } from '../../lib/clock.ts'
import { SerialLane } from '../../lib/serial-lane.ts'
import { type ModelConfig } from '../config/model-config.ts'
import { type Exit, type Instance, type Launcher } from '../instance.ts'
import { endInstance } from './end-instance.ts'
import { type LogRing } from './log-ring.ts'
import { untilReady } from './until-ready.ts'
import { type HealthRules, untilSilent } from './until-silent.ts'

/** Somebody else was faster at the free port we had found. */
const PLACE_TAKEN =
  /address already in use|EADDRINUSE|only one usage of each socket address|couldn't bind|bind: /iu
const PLACES_TRIED = 4

export interface RunnerProcessOptions {
  /** Those of the next start. */
  readonly config: () => ModelConfig
  readonly launcher: Launcher
  readonly clock: Clock
  readonly log: LogRing
  /** Whether it is answering somebody. */
  readonly isBusy: () => boolean
  /** It ended by itself after it had been ready, or hung and was ended. */
  readonly onCrash: (error: AppError) => void
  readonly onProgress: (progress: number) => void
}

/**
 * What runs for one runner. Starts, stops and crashes are letters in one mailbox: each is decided when its turn
 * comes, from what is true then, never from what somebody saw before.
 */
export class RunnerProcess {
  readonly #options: RunnerProcessOptions
  readonly #mailbox = new SerialLane()
  #instance: Instance | undefined
  #starting: AbortController | undefined

  constructor(options: RunnerProcessOptions) {
    this.#options = options
  }

  /** What runs, as far as is known right now: nothing may be decided by it. */
  get instance(): Instance | undefined {
    return this.#instance
  }

  /**
   * Resolves when it takes requests.
   * @throws AppError `engine_unavailable` with the end of its log; nothing runs then.
   */
  start(): Promise<Instance> {
    return this.#mailbox.run(async () => {
      if (this.#instance) return this.#instance
      this.#starting = new AbortController()
      try {
        return await this.#bringUp(this.#starting.signal)
      } finally {
        this.#starting = undefined
      }
    })
  }

  /** Resolves when nothing of it is left. A start that is on its way is broken off. */
  stop(graceMs = this.#options.config().stop_grace_s * 1000): Promise<void> {
    this.#starting?.abort(
      new AppError('engine_unavailable', `${this.#name} was stopped while it was starting`),
    )
    return this.#mailbox.run(async () => {
      const instance = this.#instance
      this.#instance = undefined
      if (instance) await this.#end(instance, graceMs)
    })
  }

  get #name(): string {
    return `The runner "${this.#options.config().id}"`
  }

  async #bringUp(signal: AbortSignal): Promise<Instance> {
    for (let place = 1; ; place += 1) {
      const { log } = this.#options
      log.mark()
      const { instance, exit } = await this.#launched(signal)
      if (!exit) {
        this.#instance = instance
        this.#watch(instance)
        void this.#watchHealth(instance)
        log.add('note', 'It is ready')
        return instance
      }
      log.add('note', `It ended while it was starting: ${exit.reason}`)
      const isAgain = place < PLACES_TRIED && log.says(PLACE_TAKEN)
      if (!isAgain) throw this.#failure(`ended while it was starting (${exit.reason})`)
    }
  }

  /** @returns what runs and is ready, or how it ended. @throws if it takes too long, or is to be stopped. */
  async #launched(signal: AbortSignal): Promise<{ instance: Instance; exit?: Exit }> {
    const { launcher, clock, log, onProgress } = this.#options
    const config = this.#options.config()
    let heardAtMs = clock.nowMs()
    const instance = await launcher.launch({
      config,
      onLog: (stream, text) => log.add(stream, text),
      onActivity: () => {
        heardAtMs = clock.nowMs()
      },
      onProgress,
    })
    log.add('note', instance.pid === undefined ? 'Started' : `Started as process ${instance.pid}`)
    const limits = { stallMs: config.load_stall_s * 1000, maxMs: config.load_max_s * 1000 }
    const outcome = await untilReady(instance, { clock, signal, limits, heardAtMs: () => heardAtMs })
    if (outcome === 'ready') return { instance }
    if (typeof outcome === 'object') return { instance, exit: outcome }
    await this.#end(instance, this.#options.config().stop_grace_s * 1000)
    if (signal.aborted) throw abortReason(signal)
    const silence = `said nothing for ${config.load_stall_s} s while it was starting`
    throw this.#failure(outcome === 'stalled' ? silence : `was not ready within ${config.load_max_s} s`)
  }

  /** A crash is one more letter: by the time it is read the runner may have been stopped. */
  #watch(instance: Instance): void {
    void instance.ended.then(async (exit) =>
      this.#mailbox.run(async () => {
        if (this.#instance !== instance) return
        this.#instance = undefined
        const { log, onCrash } = this.#options
        log.add('note', `It ended by itself: ${exit.reason}`)
        onCrash(this.#failure(`crashed (${exit.reason})`))
      }),
    )
  }

  /** As above: when the letter is read it may be somebody else's turn. */
  async #watchHealth(instance: Instance): Promise<void> {
    const { clock, log, onCrash, config, isBusy } = this.#options
    const outcome = await untilSilent(instance, {
      clock,
      rules: () => healthRules(config()),
      isExcused: () => isBusy() && !answersWhileBusy(config()),
    })
    if (outcome === 'ended') return
    await this.#mailbox.run(async () => {
      if (this.#instance !== instance) return
      this.#instance = undefined
      log.add('note', 'It no longer answers whether it is well, so it is ended')
      // First it is told: whoever asks meanwhile waits for the next one, which starts when this one is gone.
      onCrash(this.#failure('did not answer any more and was ended'))
      await this.#end(instance, 0)
    })
  }

  async #end(instance: Instance, graceMs: number): Promise<void> {
    const { clock, log } = this.#options
    const outcome = await endInstance(instance, { clock, graceMs })
    const notes = {
      ended: 'It was stopped',
      killed: graceMs > 0 ? `It did not end within ${graceMs / 1000} s and was killed` : 'It was killed',
      stuck: `Process ${instance.pid} does not end although it was killed; look at it`,
    }
    log.add('note', notes[outcome])
  }

  #failure(what: string): AppError {
    const said = this.#options.log.tail()
    const end = said === '' ? 'It said nothing.' : `It said:\n${said}`
    return new AppError('engine_unavailable', `${this.#name} ${what}; mend that and try again. ${end}`)
  }
}

function healthRules({ health_every_s: everyS, health_failures: mostFailures }: ModelConfig): HealthRules {
  return { everyMs: everyS * 1000, mostFailures }
}

/** Servers of other makers may do one thing at a time. */
function answersWhileBusy(config: ModelConfig): boolean {
  return config.kind === 'llama' || config.kind === 'gguf' || (config.kind === 'command' && config.slots)
}
