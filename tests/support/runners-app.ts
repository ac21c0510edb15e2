import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Config } from '../../backend/config.ts'
import { systemClock } from '../../backend/lib/clock.ts'
import { createLogger } from '../../backend/logging.ts'
import { type LocalRunners, openRunners } from '../../backend/runners/open-runners.ts'
import { runnersFile } from './real-runners.ts'
import { ServerEvents } from './server-events.ts'
import { startTestApp, type TestAppOptions } from './test-app.ts'

export interface Answer {
  readonly status: number
  readonly told: unknown
}

export interface RunnersApp extends AsyncDisposable {
  readonly url: string
  readonly local: LocalRunners
  /** The data directory. */
  readonly folder: string
  ask(method: string, path: string, body?: unknown): Promise<Answer>
  listen(path: string, init?: RequestInit): Promise<ServerEvents>
  /** Puts a file into the folder for models. @returns its path. */
  putModel(name: string, bytes: Uint8Array): Promise<string>
}

export interface RunnersAppOptions extends Pick<TestAppOptions, 'config' | 'token'> {
  /** Of the runners file, besides its runners. */
  readonly file?: object
  readonly environment?: Readonly<Record<string, string>>
}

/** A whole server with models of its own, each played by the fake of llama-server. @param runners as in the file, by id. */
export async function runnersApp(
  runners: Readonly<Record<string, object>>,
  options: RunnersAppOptions = {},
): Promise<RunnersApp> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-models-screen-'))
  await writeFile(join(folder, 'runners.json'), JSON.stringify(runnersFile(runners, options.file)))
  const config = { ...Config.parse({ data_dir: folder }), ...options.config }
  const local = await openRunners({
    config,
    clock: systemClock,
    logger: createLogger('silent'),
    environment: { ...process.env, ...options.environment },
  })
  const token = options.token === undefined ? {} : { token: options.token }
  const app = await startTestApp({ config, local, ...token })
  return {
    url: app.url,
    local,
    folder,
    async ask(method, path, body) {
      const json = body === undefined ? {} : { body: JSON.stringify(body) }
      const headers = body === undefined ? {} : { 'content-type': 'application/json' }
      const response = await fetch(app.url + path, { method, headers, ...json })
      return { status: response.status, told: await response.json() }
    },
    listen: (path, init) => ServerEvents.open(app.url + path, init),
    async putModel(name, bytes) {
      const path = join(folder, 'models', name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, bytes)
      return path
    },
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]()
      await local[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
