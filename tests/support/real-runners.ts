import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Clock, systemClock } from '../../backend/lib/clock.ts'
import { PidFiles } from '../../backend/runners/process/pid-files.ts'
import { Places } from '../../backend/runners/process/places.ts'
import { ProcessLauncher } from '../../backend/runners/process/process-launcher.ts'
import { type ManagedRunners } from '../../backend/runners/runner-service.ts'
import { FakeRunnerSettings, managedRunners } from './managed-runners.ts'

const SERVER = fileURLToPath(new URL('../fakes/fake-llama-server.mjs', import.meta.url))

/** The runtime of runners of kind `llama` in tests. */
export const FAKE_RUNTIME = { command: process.execPath, args: [SERVER] }

export interface RealRunners extends AsyncDisposable {
  readonly runners: ManagedRunners
  readonly settings: FakeRunnerSettings
  readonly places: Places
  /** Where it is noted which processes run. */
  readonly folder: string
}

/** Runners with real processes. @param runner its settings, by id; `env` holds the knobs of the fake server. */
export async function realRunners(
  runners: Readonly<Record<string, object>>,
  options: { clock?: Clock; file?: object; folder?: string } = {},
): Promise<RealRunners> {
  const { clock = systemClock } = options
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'troupe-runners-')))
  const settings = new FakeRunnerSettings(runnersFile(runners, options.file))
  const places = new Places()
  const launcher = new ProcessLauncher({
    runtimes: () => settings.current.runtimes,
    environment: process.env,
    pidFiles: new PidFiles(folder),
    places,
    clock,
  })
  const service = managedRunners({ settings, launcher, clock })
  return {
    runners: service,
    settings,
    places,
    folder,
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]()
      await places[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export function runnersFile(runners: Readonly<Record<string, object>>, file: object = {}): object {
  const list = Object.entries(runners).map(([id, runner]) => ({
    kind: 'llama',
    id,
    model: 'model.gguf',
    ...runner,
  }))
  return { runtimes: { llama: FAKE_RUNTIME }, ...file, runners: list }
}

/** Whether there is such a process, zombies not counted. */
export function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0)
  } catch {
    return false
  }
}
