import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type FastifyInstance } from 'fastify'
import { type Doors } from './api/doors/doors.ts'
import { buildApp } from './app.ts'
import { type Proxies } from './api/doors/door-plan.ts'
import { openData } from './backup/open-data.ts'
import { type Config } from './config.ts'
import { CONFIG_FILE, configJsonSchema } from './config-sources.ts'
import { createEngines, createLanguageModel, type Engines, type LiveEngines } from './engines/registry.ts'
import { type LocalEngines } from './engines/engine-parts.ts'
import { type Recording } from './engines/tts/speech-body.ts'
import { AppError } from './errors.ts'
import { systemClock } from './lib/clock.ts'
import { sweepDaily } from './library/sweep-media.ts'
import { purgeTrashDaily } from './library/trash-purge.ts'
import { type Logger } from './logging.ts'
import { KIND_BYTES, mediaKindOf } from './media/media-kind.ts'
import { MediaLibrary } from './media/media-library.ts'
import { type RunnersFile } from './runners/config/model-config.ts'
import { localEngines, withRunners } from './runners/local-engines.ts'
import { type LocalRunners, openRunners } from './runners/open-runners.ts'
import { Settings } from './settings/settings.ts'
import { starters } from './starters/starters.ts'
import { type Certificate, openCertificate } from './tls/certificate.ts'
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
  /** What models that are run here inherit. */
  readonly environment?: Readonly<NodeJS.ProcessEnv>
  /** Ends this house and opens it anew; absent: nobody can do that. */
  readonly restart?: () => void
}

export interface SettingsSources {
  /** What flags and the environment decide, by key, with the name they have there. */
  readonly fixed: Readonly<Record<string, string>>
  /** The settings with this text as the settings file. @throws AppError `config_invalid` */
  readonly load: (fileText: string) => Config
}

/** A whole Troupe on a data directory: it only has to listen, and to open its doors. */
export interface House extends AsyncDisposable {
  readonly app: FastifyInstance
  /** For other programs, on ports of their own. */
  readonly doors: Doors
  /** Absent: it speaks plain HTTP. */
  readonly certificate: Certificate | undefined
  readonly engines: Engines
  /** Models that are run here. */
  readonly local: LocalRunners
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
    const media = new MediaLibrary(resolve(config.data_dir, MEDIA_FOLDER))
    const local = await openRunners({ config, clock, logger, environment: options.environment ?? {} })
    opened.push(local)
    const readMedia = (address: string): Promise<Recording | undefined> => recordingOf(media, address)
    const own = localEngines(local, { config, clock, readMedia })
    const live = await createEngines(config, clock, { readMedia, local: own })
    opened.push(live)
    const engines = withRunners(live, local, clock)
    const version = ownVersion()
    const settings = settingsOf(options, live, own)
    const onFailure = (error: unknown): void =>
      logger.error({ err: error }, 'Old media files were not removed')
    opened.push(sweepDaily({ store, media, clock }, onFailure))
    const certificate = await openCertificate(config, { clock, logger })
    if (certificate) opened.push({ [Symbol.asyncDispose]: async () => certificate[Symbol.dispose]() })
    const proxies = (): Proxies => proxiesOf(local.repository.current)
    const parts = { config, clock, logger, store, media, engines, local, proxies, settings, certificate }
    const { restart } = options
    const { app, doors } = await buildApp({ ...parts, restart, token: token(config), version })
    opened.push({ [Symbol.asyncDispose]: () => app.close() })
    followRunnersFile(local, doors, logger)
    return { app, doors, engines, local, certificate, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

/** What it says of doors counts as soon as it is changed. */
function followRunnersFile({ repository }: LocalRunners, doors: Doors, logger: Logger): void {
  repository.onChange(() => {
    doors.refresh().catch((error: unknown) => logger.error({ err: error }, 'A door could not be changed'))
  })
}

/** Doors that the runners file asks for. */
function proxiesOf({ proxies: { ollama, lmstudio } }: RunnersFile): Proxies {
  return { ...(ollama ? { ollama } : {}), ...(lmstudio ? { lmstudio } : {}) }
}

/** A recording that a voice is to sound like. */
async function recordingOf(media: MediaLibrary, address: string): Promise<Recording | undefined> {
  try {
    const bytes = await media.read(address)
    const kind = mediaKindOf(bytes.subarray(0, KIND_BYTES))
    return kind && { mime: kind.mime, bytes }
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return undefined
    throw error
  }
}

function settingsOf(
  { config, sources }: HouseOptions,
  engines: LiveEngines,
  local: LocalEngines,
): Settings | undefined {
  if (!sources) return undefined
  return new Settings({
    ...sources,
    path: join(config.data_dir, CONFIG_FILE),
    config,
    engines,
    createModel: (chosen) => createLanguageModel(chosen, systemClock, local),
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
