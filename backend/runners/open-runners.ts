import { mkdir, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type Download } from '#shared/entities.ts'
import { type Config } from '../config.ts'
import { RUNNERS_FILE } from '../config-sources.ts'
import { type Clock } from '../lib/clock.ts'
import { type Logger } from '../logging.ts'
import { ConfigRepository } from './config/config-repository.ts'
import { runnersJsonSchema } from './config/parse-runners-file.ts'
import { type RunnersFile } from './config/model-config.ts'
import { ModelDownloads } from './downloads/downloads.ts'
import { ModelFiles } from './files/model-files.ts'
import { usualModelFolders } from './files/usual-folders.ts'
import { RunnerModel } from './models/runner-model.ts'
import { GpuMemory } from './process/gpu-memory.ts'
import { PidFiles } from './process/pid-files.ts'
import { Places } from './process/places.ts'
import { ProcessLauncher } from './process/process-launcher.ts'
import { ManagedRunners, type RunnerFiles } from './runner-service.ts'

export interface OpenRunnersOptions {
  readonly config: Config
  readonly clock: Clock
  readonly logger: Logger
  /** What runners inherit, without our own settings. */
  readonly environment: Readonly<NodeJS.ProcessEnv>
}

/** The models of this machine, and all that belongs to them. */
export interface LocalRunners extends AsyncDisposable {
  readonly service: ManagedRunners
  readonly model: RunnerModel
  readonly repository: ConfigRepository
  readonly gpus: GpuMemory
}

const SCHEMA_FILE = 'runners.schema.json'
const MODELS_FOLDER = 'models'
/** Which processes run, for the start after a crash. */
const PROCESSES_FOLDER = 'runners'
const HUB_URL = 'https://huggingface.co'

/**
 * Reads the runners file, ends what an earlier server has left running, and starts what is pinned.
 * @throws AppError `config_invalid` if the file is not right.
 */
export async function openRunners(options: OpenRunnersOptions): Promise<LocalRunners> {
  const { config, clock, logger, environment } = options
  const path = resolve(config.runners_file ?? join(config.data_dir, RUNNERS_FILE))
  const repository = await openRepository(path, options)
  await writeSchema(path)
  const pidFiles = new PidFiles(join(config.data_dir, PROCESSES_FOLDER))
  const reaped = await pidFiles.reap(clock, new AbortController().signal)
  if (reaped > 0) logger.warn({ count: reaped }, 'Runners that an earlier server had left running were ended')
  const places = new Places()
  const launcher = new ProcessLauncher({
    runtimes: () => repository.current.runtimes,
    environment,
    pidFiles,
    places,
    clock,
  })
  const service = new ManagedRunners({
    settings: repository,
    launcher,
    clock,
    files: openFiles(config, repository),
    openDownloads: (onChange) => openDownloads(options, onChange),
    onDefect: (error) => logger.error({ err: error }, 'Something about the runners failed'),
  })
  const model = openModel(service, repository, options)
  const gpus = new GpuMemory({ environment, clock })
  const parts: AsyncDisposable[] = [repository, model, service, places]
  return {
    service,
    model,
    repository,
    gpus,
    async [Symbol.asyncDispose]() {
      for (const part of parts) await part[Symbol.asyncDispose]()
    },
  }
}

function openModel(
  service: ManagedRunners,
  repository: ConfigRepository,
  { config, clock }: OpenRunnersOptions,
): RunnerModel {
  return new RunnerModel({
    service,
    clock,
    config: (id) => repository.current.runners.find((runner) => runner.id === id),
    firstTokenTimeoutMs: config.first_token_timeout_ms,
    tokenTimeoutMs: config.token_timeout_ms,
  })
}

function openRepository(path: string, { clock, logger }: OpenRunnersOptions): Promise<ConfigRepository> {
  return ConfigRepository.open({
    path,
    clock,
    onProblem: (error) =>
      logger.warn({ code: error.code }, `${error.message}. What was there before stays in force`),
  })
}

/** Downloads go where models are looked for first. */
function openDownloads(
  { config, clock, environment }: OpenRunnersOptions,
  onChange: (download: Download) => void,
): ModelDownloads {
  return new ModelDownloads({
    clock,
    folder: modelsFolder(config),
    hubUrl: environment['HF_ENDPOINT'] ?? HUB_URL,
    // Looked up for each file: settings change while the server runs. An empty variable is how compose files say "not set".
    get hubToken() {
      return config.hf_token ?? (environment['HF_TOKEN'] || undefined)
    },
    onChange,
  })
}

/** Where the runners file says now. */
function openFiles(config: Config, repository: ConfigRepository): RunnerFiles {
  const look = ({ model_folders: folders, usual_folders: isUsual }: RunnersFile): ModelFiles =>
    new ModelFiles([modelsFolder(config), ...folders, ...(isUsual ? usualModelFolders(homedir()) : [])])
  let files = look(repository.current)
  repository.onChange((file) => {
    files = look(file)
  })
  return {
    list: (signal) => files.list(signal),
    disk: () => files.disk(),
    delete: (path, signal) => files.delete(path, signal),
  }
}

function modelsFolder({ data_dir: dataDir }: Config): string {
  return resolve(dataDir, MODELS_FOLDER)
}

/** Editors know it then; without it everything else works as well. */
async function writeSchema(path: string): Promise<void> {
  const folder = dirname(path)
  const text = `${JSON.stringify(runnersJsonSchema(), undefined, 2)}\n`
  await mkdir(folder, { recursive: true }).catch(() => {})
  await writeFile(join(folder, SCHEMA_FILE), text).catch(() => {})
}
