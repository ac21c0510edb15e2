import { join } from 'node:path'
import { type FastifyInstance, type FastifyRequest } from 'fastify'
import { type BackupApiDeps, registerBackup } from './api/backup.ts'
import { registerCharactersIo } from './api/characters-io.ts'
import { answerBrokenAddress } from './api/doors/broken-address.ts'
import { createDoors } from './api/doors/create-doors.ts'
import { isDoor } from './api/doors/door-guard.ts'
import { mainPort, type Proxies } from './api/doors/door-plan.ts'
import { type Doors } from './api/doors/doors.ts'
import { registerLorebooksIo } from './api/lorebooks-io.ts'
import { registerConversationsIo } from './api/conversations-io.ts'
import { registerMedia } from './api/media.ts'
import { registerModels } from './api/models.ts'
import { registerRunners } from './api/runners/register-runners.ts'
import { type LocalHouse } from './api/runners/runners-deps.ts'
import { acceptUploads } from './api/uploads.ts'
import { type Config } from './config.ts'
import { CONFIG_FILE } from './config-sources.ts'
import { ChangeFeed } from './crud/changes.ts'
import { createCrud, type Crud } from './crud/dispatch.ts'
import { registerPromptInspector } from './api/prompt-inspector.ts'
import { registerRest } from './crud/rest.ts'
import { type Engines } from './engines/registry.ts'
import { AppError, toAppError } from './errors.ts'
import { registerSettings } from './api/settings.ts'
import { registerVoices, type VoiceRoutes } from './api/voices.ts'
import { type Clock } from './lib/clock.ts'
import { cardCodec } from './library/card-codec.ts'
import { Importer } from './library/importer.ts'
import { greetingExpander } from './library/greetings.ts'
import { type Logger } from './logging.ts'
import { type MediaLibrary } from './media/media-library.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { acceptSockets } from './socket/accept-sockets.ts'
import { type AccessRules, checkHostAndOrigin, checkToken } from './socket/access.ts'
import { queryTokenOf, registerSocketRoute } from './socket/socket-route.ts'
import { SessionMemory } from './socket/sessions.ts'
import { noteKeeper } from './store/note-keeper.ts'
import { createTools } from './tools/tool-box.ts'
import { type Settings } from './settings/settings.ts'
import { type Store } from './store/contract.ts'
import { type Certificate } from './tls/certificate.ts'
import { hostNames } from './tls/own-names.ts'
import { createServerApp } from './tls/server-app.ts'
import { registerNoWebUi, registerWebUi } from './web-ui.ts'

/** A card with a long lorebook fits; a film does not. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024

export interface AppDeps {
  readonly config: Config
  /** Absent: everybody who reaches the address may use it. */
  readonly token: string | undefined
  readonly version: string
  readonly clock: Clock
  readonly logger: Logger
  readonly store: Store
  readonly media: MediaLibrary
  readonly engines: Engines
  /** Absent: nothing can be set while it runs. */
  readonly settings?: Settings | undefined
  /** Ends this server and begins it anew; absent: that is done by hand. */
  readonly restart?: (() => void) | undefined
  /** Absent: plain HTTP. */
  readonly certificate?: Certificate | undefined
  /** Models that are run here. */
  readonly local?: LocalHouse | undefined
  /** What the runners file says of doors for other programs. */
  readonly proxies?: (() => Proxies) | undefined
}

export interface BuiltApp {
  readonly app: FastifyInstance
  /** Those on ports of their own are still closed; closing the app closes them. */
  readonly doors: Doors
}

/** Puts the house together. The caller listens and closes; store and engines are the caller's to dispose. */
export async function buildApp(deps: AppDeps): Promise<BuiltApp> {
  const { config, token, logger, certificate } = deps
  const bodyLimitBytes = MAX_MESSAGE_BYTES
  const app = createServerApp({ certificate, isPlainServed: false, bodyLimitBytes, answerBrokenAddress })
  const access = accessRules(config, token)
  const metrics = createMetrics()
  const changes = new ChangeFeed((error) => logger.error({ err: error }, 'A listener to changes failed'))
  const crud = crudOf(deps, changes)
  const doors = createDoors({ ...deps, access, crud })
  const { hasOwnApi, hasPages } = mainPort(config)
  guard(app, access)
  answerErrors(app, logger)
  await acceptSockets(app, MAX_MESSAGE_BYTES)
  if (hasOwnApi) await registerOwnApi(app, deps, { access, metrics, changes, crud })
  registerInsights(app, { ...deps, metrics, doors })
  await doors.mount(app)
  await (hasPages ? registerWebUi(app) : registerNoWebUi(app))
  return { app, doors }
}

interface OwnApiParts {
  readonly access: AccessRules
  readonly metrics: Metrics
  readonly changes: ChangeFeed
  readonly crud: Crud
}

/** What pages and the terminal speak with. */
async function registerOwnApi(app: FastifyInstance, deps: AppDeps, parts: OwnApiParts): Promise<void> {
  const { config, store, clock, logger, engines } = deps
  const { crud, changes } = parts
  const tools = createTools(config, { notes: noteKeeper(store), logger })
  await app.register(async (scope) => {
    const memory = new SessionMemory(clock)
    registerSocketRoute(scope, { clock, config, store, engines, tools, logger, memory, ...parts })
    await registerLibrary(scope, deps, { crud, changes })
    registerPromptInspector(scope, { store, clock, config, tools, model: engines.model })
    registerModels(scope, engines.model)
    registerRunners(scope, { local: deps.local, clock, logger })
    if (deps.settings) registerSettings(scope, deps.settings)
  })
}

function crudOf({ store, config, clock, logger }: AppDeps, { publish }: ChangeFeed): Crud {
  const expandGreetings = greetingExpander({ store, config, clock })
  return createCrud({ store, publish, onDefect: defectLog(logger), expandGreetings })
}

function defectLog(logger: Logger): (error: AppError) => void {
  return (error) => logger.error({ code: error.code, err: error.cause ?? error }, 'A request failed')
}

function accessRules(config: Config, token: string | undefined): AccessRules {
  return {
    token,
    allowedHosts: [...config.allowed_hosts, config.host, ...hostNames()],
    allowedOrigins: config.allowed_origins,
  }
}

/** What is kept: rows and files, in and out; and how voices sound. */
async function registerLibrary(
  app: FastifyInstance,
  deps: AppDeps,
  { crud, changes }: { crud: Crud; changes: ChangeFeed },
): Promise<void> {
  const { store, media, clock, logger } = deps
  const { publish } = changes
  await acceptUploads(app)
  registerRest(app, crud)
  registerMedia(app, media)
  registerConversationsIo(app, { store, media, clock, publish })
  registerVoices(app, voiceRoutes(deps))
  const library = { store, media, codec: cardCodec, publish }
  const importer = new Importer(library, defectLog(logger))
  registerCharactersIo(app, { importer, library, clock })
  registerLorebooksIo(app, { importer, library })
  registerBackup(app, backupDeps(deps))
}

function voiceRoutes({ config, clock, store, media, engines }: AppDeps): VoiceRoutes {
  const { synthesizer, transcriber } = engines
  const firstAudioTimeoutMs = config.first_audio_timeout_ms
  const readMedia = (address: string): Promise<Uint8Array> => media.read(address)
  return { clock, store, synthesizer, transcriber, readMedia, firstAudioTimeoutMs }
}

function backupDeps({ config, store, media, version, clock, restart }: AppDeps): BackupApiDeps {
  const dataDir = config.data_dir
  const settingsFile = join(dataDir, CONFIG_FILE)
  return { store, dataDir, mediaFolder: media.files.folder, settingsFile, version, clock, restart }
}

/** What operators look at. */
function registerInsights(
  app: FastifyInstance,
  {
    version,
    engines,
    metrics,
    doors,
  }: Pick<AppDeps, 'version' | 'engines'> & { metrics: Metrics; doors: Doors },
): void {
  app.get('/health', () => ({
    status: 'ok',
    version,
    engines: engines.statuses(),
    doors: doors.statuses(),
  }))
  app.get('/metrics', async (_request, reply) => {
    await reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  })
}

/** Pages and health may be seen by anyone; what they show of people needs the token. */
function guard(app: FastifyInstance, access: AccessRules): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (!isDoor(request)) check(request) // Doors have rules of their own.
    done()
  })
  // The socket of a refused upgrade belongs to nobody; left alone it would keep the server from closing.
  app.addHook('onResponse', async (request) => {
    if (request.headers.upgrade !== undefined) request.raw.socket.destroy()
  })

  function check(request: FastifyRequest): void {
    const { headers, url, routeOptions } = request
    checkHostAndOrigin(access, headers)
    // As routed, too: one address can be written in many ways (`/%61pi`, `http://host/api`).
    if (!isGuarded(url) && !isGuarded(routeOptions.url ?? '')) return
    checkToken(access, { headers, queryToken: queryTokenOf(request) })
  }
}

function isGuarded(address: string): boolean {
  return /^\/(api|v1|metrics)([/?]|$)/.test(address)
}

function answerErrors(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler(async (thrown, _request, reply) => {
    const error = fromFastify(thrown) ?? toAppError(thrown)
    if (error.code === 'internal') logger.error({ err: thrown }, 'A request failed')
    const issues = error.issues ? { issues: error.issues } : {}
    await reply.code(error.httpStatus).send({ error: error.message, code: error.code, ...issues })
  })
}

/** Fastify's own refusals (bad JSON, too large, wrong type) are the client's to mend. */
function fromFastify(thrown: unknown): AppError | undefined {
  if (thrown instanceof AppError || !(thrown instanceof Error)) return undefined
  const status = 'statusCode' in thrown ? thrown.statusCode : undefined
  if (typeof status !== 'number' || status >= 500) return undefined
  return new AppError(status === 404 ? 'not_found' : 'bad_message', thrown.message, { cause: thrown })
}
