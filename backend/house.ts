import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type FastifyInstance } from 'fastify'
import { buildApp } from './app.ts'
import { type Config } from './config.ts'
import { configJsonSchema } from './config-sources.ts'
import { createEngines, type Engines } from './engines/registry.ts'
import { AppError } from './errors.ts'
import { systemClock } from './lib/clock.ts'
import { type Logger } from './logging.ts'
import { starters } from './starters/starters.ts'
import { openSqliteStore } from './store/sqlite/sqlite-store.ts'
import { ownVersion } from './version.ts'

export interface HouseOptions {
  readonly config: Config
  /** Called once the data is ours. Absent token: everybody who reaches the address may use it. */
  readonly token: (config: Config) => string | undefined
  readonly logger: Logger
  readonly onNotice: (sentence: string) => void
}

/** A whole Troupe on a data directory: it only has to listen. */
export interface House extends AsyncDisposable {
  readonly app: FastifyInstance
  readonly engines: Engines
}

/**
 * Opens the data, starts the engines, puts the server together.
 * @throws AppError whose sentence says what to do; nothing is left open then.
 */
export async function openHouse({ config, token, logger, onNotice }: HouseOptions): Promise<House> {
  prepareDataDir(config)
  const clock = systemClock
  const file = join(config.data_dir, 'troupe.db')
  const store = await openSqliteStore({ file, clock, onNotice })
  const opened: AsyncDisposable[] = [store]
  const close = async (): Promise<void> => {
    for (const part of opened.toReversed()) await part[Symbol.asyncDispose]()
  }
  try {
    await store.seed(starters)
    const engines = await createEngines(config, clock)
    opened.push(engines)
    const version = ownVersion()
    const app = await buildApp({ config, token: token(config), version, clock, logger, store, engines })
    opened.push({ [Symbol.asyncDispose]: () => app.close() })
    return { app, engines, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

function prepareDataDir(config: Config): void {
  try {
    mkdirSync(config.data_dir, { recursive: true })
    const schema = JSON.stringify(configJsonSchema(), undefined, 2)
    writeFileSync(join(config.data_dir, 'troupe.config.schema.json'), `${schema}\n`)
  } catch (error) {
    throw new AppError(
      'storage_failed',
      `Cannot write to the data directory "${config.data_dir}"; choose another with --data-dir`,
      {
        cause: error,
      },
    )
  }
}
