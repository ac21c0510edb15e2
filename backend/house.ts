import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type FastifyInstance } from 'fastify'
import { buildApp } from './app.ts'
import { openData } from './backup/open-data.ts'
import { type Config } from './config.ts'
import { CONFIG_FILE, configJsonSchema } from './config-sources.ts'
import { createEngines, createLanguageModel, type Engines, type LiveEngines } from './engines/registry.ts'
import { AppError } from './errors.ts'
import { systemClock } from './lib/clock.ts'
import { sweepDaily } from './library/sweep-media.ts'
import { purgeTrashDaily } from './library/trash-purge.ts'
import { type Logger } from './logging.ts'
import { MediaLibrary } from './media/media-library.ts'
import { Settings } from './settings/settings.ts'
import { starters } from './starters/starters.ts'
import { ownVersion } from './version.ts'

/** In the data directory. */
const MEDIA_FOLDER = 'media'

export interface HouseOptions {
  readonly config: Config
  /** Called once the data is ours. Absent token: everybody who reaches the address may use it. */
  readonly token: (config: Config) => string | undefined
  readonly logger: Logger
  readonly onNotice: (sentence: string) => void
  /** How settings are read, for changing them while it runs; absent: they cannot be changed. */
  readonly sources?: SettingsSources
  /** Ends this house and opens it anew; absent: nobody can do that. */
  readonly restart?: () => void
}

export interface SettingsSources {
  /** What flags and the environment decide, by key, with the name they have there. */
  readonly fixed: Readonly<Record<string, string>>
  /** The settings with this text as the settings file. @throws AppError `config_invalid` */
  readonly load: (fileText: string) => Config
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
export async function openHouse(options: HouseOptions): Promise<House> {
  const { config, token, logger, onNotice } = options
  prepareDataDir(config)
  const clock = systemClock
  const store = await openData(config.data_dir, { clock, onNotice })
  const opened: AsyncDisposable[] = [store]
  const close = async (): Promise<void> => {
    for (const part of opened.toReversed()) await part[Symbol.asyncDispose]()
  }
  try {
    await store.seed(starters)
    opened.push(purgeTrashDaily({ store, clock, logger }))
    const engines = await createEngines(config, clock)
    opened.push(engines)
    const version = ownVersion()
    const settings = settingsOf(options, engines)
    const media = new MediaLibrary(join(config.data_dir, MEDIA_FOLDER))
    const onFailure = (error: unknown): void =>
      logger.error({ err: error }, 'Old media files were not removed')
    opened.push(sweepDaily({ store, media, clock }, onFailure))
    const parts = { config, clock, logger, store, media, engines, settings, restart: options.restart }
    const app = await buildApp({ ...parts, token: token(config), version })
    opened.push({ [Symbol.asyncDispose]: () => app.close() })
    return { app, engines, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

function settingsOf({ config, sources }: HouseOptions, engines: LiveEngines): Settings | undefined {
  if (!sources) return undefined
  return new Settings({
    ...sources,
    path: join(config.data_dir, CONFIG_FILE),
    config,
    engines,
    createModel: (chosen) => createLanguageModel(chosen, systemClock),
    switchModel: (chosen) => engines.switchModel(chosen),
    clock: systemClock,
  })
}

function prepareDataDir(config: Config): void {
  try {
    mkdirSync(join(config.data_dir, MEDIA_FOLDER), { recursive: true })
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
