import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { AppError } from '../../errors.ts'
import { type Clock } from '../../lib/clock.ts'
import { type ModelConfig, type Runtime, servedName } from '../config/model-config.ts'
import { type Exit, type Instance, type Launcher, type LaunchOrder } from '../instance.ts'
import { type LaunchPlan, planOf, wantsSocket } from './launch-plan.ts'
import { LineSplitter } from './line-splitter.ts'
import { MARK, type PidFiles } from './pid-files.ts'
import { type Place, type Places } from './places.ts'
import { residentBytes } from './process-table.ts'
import { signalGroup } from './signal-group.ts'
import { Upstream } from './upstream.ts'

export interface ProcessLauncherOptions {
  readonly runtimes: () => Readonly<Record<string, Runtime>>
  readonly environment: Readonly<NodeJS.ProcessEnv>
  readonly pidFiles: PidFiles
  readonly places: Places
  readonly clock: Clock
}

/** Settings of ours may hold keys: they are nobody else's business. */
const OUR_VARIABLE = /^TROUPE_/u

const LAST_WORDS_MS = 250

/** Runs runners as processes of their own, each the head of a group. */
export class ProcessLauncher implements Launcher {
  readonly #options: ProcessLauncherOptions

  constructor(options: ProcessLauncherOptions) {
    this.#options = options
  }

  async launch(order: LaunchOrder): Promise<Instance> {
    const { config } = order
    const { places, runtimes } = this.#options
    const place = await (wantsSocket(config) ? places.socket() : places.port())
    try {
      const apiKey = randomBytes(24).toString('base64url')
      const plan = planOf(config, { runtimes: runtimes(), place, apiKey })
      return await this.#spawned(plan, { order, config, place, apiKey })
    } catch (error) {
      await place.release()
      throw error
    }
  }

  async #spawned(plan: LaunchPlan, { order, config, place, apiKey }: Launching): Promise<Instance> {
    const mark = randomBytes(12).toString('base64url')
    const child = spawn(plan.command, plan.args, {
      cwd: config.cwd,
      env: { ...this.#inherited(), ...plan.env, [MARK]: mark },
      // The head of a group, so that what it starts ends with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const { pidFiles, clock } = this.#options
    listen(child, order)
    const exited = exitOf(child, clock)
    const pid = await spawnedPid(child, config.id, plan.command)
    const left = { pid, mark }
    // Without this file it runs as well; it is only not found again after a kill.
    await pidFiles.write(left).catch(() => order.onLog('err', 'Its process could not be noted'))
    const upstream = new Upstream(place, apiKey)
    const ended = exited.then(async (exit) => {
      // A child of it that left the group may hold them open.
      child.stdout?.destroy()
      child.stderr?.destroy()
      await Promise.all([upstream.close(), place.release(), pidFiles.remove(left)].map(settled))
      return exit
    })
    return {
      pid,
      ended,
      access: {
        baseUrl: `${upstream.origin}${plan.basePath}`,
        fetch: upstream.fetch,
        apiKey,
        model: servedName(config),
      },
      isReady: (signal) => upstream.isOk(plan.readyPath, signal),
      busySlots: (signal) => (plan.hasSlots ? upstream.busySlots(signal) : Promise.resolve(undefined)),
      memoryBytes: () => residentBytes(pid),
      terminate: () => signalGroup(pid, 'SIGTERM'),
      kill: () => signalGroup(pid, 'SIGKILL'),
    }
  }

  #inherited(): NodeJS.ProcessEnv {
    const entries = Object.entries(this.#options.environment)
    return Object.fromEntries(entries.filter(([name]) => !OUR_VARIABLE.test(name)))
  }
}

interface Launching {
  readonly order: LaunchOrder
  readonly config: ModelConfig
  readonly place: Place
  readonly apiKey: string
}

/** Always read: who does not read what a child writes stops it. */
function listen(child: ChildProcess, { onLog, onActivity }: LaunchOrder): void {
  for (const [name, stream] of [
    ['out', child.stdout],
    ['err', child.stderr],
  ] as const) {
    const lines = new LineSplitter((line) => onLog(name, line))
    stream?.setEncoding('utf8')
    stream?.on('data', (text: string) => {
      onActivity()
      lines.push(text)
    })
    stream?.on('close', () => lines.end())
    stream?.on('error', () => {})
  }
}

/**
 * By `exit`, not `close`: a grandchild may keep the pipes open for ever. Those of its group end with it; then what it
 * wrote last is waited for, a little.
 */
function exitOf(child: ChildProcess, clock: Clock): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
      const over = (): void => {
        cancel()
        resolve({ reason: signal ?? `exit code ${code}` })
      }
      const cancel = clock.after(LAST_WORDS_MS, over)
      child.once('close', over)
    })
  })
}

/** @throws AppError `engine_unavailable` if there is no such program. */
async function spawnedPid(child: ChildProcess, id: string, command: string): Promise<number> {
  try {
    await once(child, 'spawn')
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    const why = isMissing
      ? 'is not there: install it, or say in the runners file where it is'
      : 'cannot be started'
    throw new AppError('engine_unavailable', `The runner "${id}" cannot run, because "${command}" ${why}`, {
      cause: error,
    })
  }
  child.on('error', () => {}) // A signal that could not be sent.
  return child.pid ?? 0
}

function settled(work: Promise<unknown>): Promise<unknown> {
  return work.catch(() => {})
}
