import { type Downloads } from '../../backend/runners/contract.ts'
import { RunnersFile } from '../../backend/runners/config/model-config.ts'
import { type Launcher } from '../../backend/runners/instance.ts'
import { ManagedRunners, type RunnerSettings } from '../../backend/runners/runner-service.ts'
import { type Clock } from '../../backend/lib/clock.ts'

/** Settings that the test changes. */
export class FakeRunnerSettings implements RunnerSettings {
  current: RunnersFile
  readonly #listeners = new Set<(file: RunnersFile) => void>()

  constructor(file: object) {
    this.current = RunnersFile.parse(file)
  }

  onChange(listener: (file: RunnersFile) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  change(file: object): void {
    this.current = RunnersFile.parse(file)
    for (const listener of this.#listeners) listener(this.current)
  }
}

const NO_DOWNLOADS: Downloads & AsyncDisposable = {
  list: () => [],
  start: () => {
    throw new Error('Nothing can be fetched here')
  },
  cancel: () => {},
  [Symbol.asyncDispose]: () => Promise.resolve(),
}

/** Runners without a disk, unless they are to see how large their files are. */
export function managedRunners({
  seesFiles = false,
  ...options
}: {
  settings: RunnerSettings
  launcher: Launcher
  clock: Clock
  seesFiles?: boolean
}): ManagedRunners {
  return new ManagedRunners({
    ...options,
    files: {
      list: () => Promise.resolve([]),
      disk: () => Promise.resolve({ usedBytes: 0 }),
      delete: () => Promise.reject(new Error('There are no files here')),
    },
    openDownloads: () => NO_DOWNLOADS,
    onDefect: (error) => {
      throw error
    },
    ...(seesFiles ? {} : { fileBytes: () => Promise.resolve(undefined) }),
  })
}
