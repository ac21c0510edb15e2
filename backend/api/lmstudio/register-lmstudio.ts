import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { checkProgramToken } from '../../socket/access.ts'
import { accessTo, guardBrowsers } from '../core/browser-rules.ts'
import { Residence } from '../core/residence.ts'
import { answerUnknown } from './answer-unknown.ts'
import { chat } from './chat.ts'
import { DownloadJobs } from './download-jobs.ts'
import { type LmStudioDeps, type LmStudioDoor } from './lmstudio-deps.ts'
import { ResponseMemory } from './response-memory.ts'
import { download, downloadStatus, load, models, unload } from './v1-models.ts'
import { registerSdkSockets } from './sdk/sockets.ts'
import { registerV0 } from './v0.ts'
import { wireError } from './wire-error.ts'

/** Several photographs as base64. */
const MAX_BODY_BYTES = 64 * 1024 * 1024

type Answer = (door: LmStudioDoor, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

/**
 * What programs that speak to LM Studio find on its port: its own API, and its SDK's sockets. The whole app is this door's:
 * its rules for browsers and its way to say what it does not know hold for everything that is added to it.
 */
export async function registerLmStudio(app: FastifyInstance, deps: LmStudioDeps): Promise<void> {
  const { clock, runners, model, logger } = deps
  const access = accessTo(deps)
  const residence = new Residence({ runners, clock, standardModel: () => model.profile().id })
  const downloads = new DownloadJobs(clock)
  const door: LmStudioDoor = {
    ...deps,
    residence,
    downloads,
    responses: new ResponseMemory(),
    instanceNames: new Map(),
  }
  guardBrowsers(app, access)
  app.addHook('onClose', async () => downloads[Symbol.dispose]())
  app.setErrorHandler(async (thrown, _request, reply) => {
    const { status, error } = wireError(thrown)
    if (status === 500) logger.error({ err: thrown }, 'A request at the LM Studio door failed')
    await reply.code(status).send({ error })
  })
  app.setNotFoundHandler(answerUnknown)
  app.get('/lmstudio-greeting', () => ({ lmstudio: true }))
  await registerSdkSockets(app, door, access)
  await app.register(async (scope) => {
    scope.addHook('onRequest', async ({ headers }) =>
      checkProgramToken(access, { headers, queryToken: undefined }),
    )
    addRoutes(scope, door)
    await scope.register(async (v0) => registerV0(v0, door), { prefix: '/api/v0', bodyLimit: MAX_BODY_BYTES })
  })
}

function addRoutes(app: FastifyInstance, door: LmStudioDoor): void {
  const get = (url: string, answer: Answer): void => {
    app.get(url, (request, reply) => answer(door, request, reply))
  }
  const post = (url: string, answer: Answer): void => {
    app.post(url, { bodyLimit: MAX_BODY_BYTES }, (request, reply) => answer(door, request, reply))
  }
  get('/api/v1/models', models)
  post('/api/v1/models/load', load)
  post('/api/v1/models/unload', unload)
  post('/api/v1/models/download', download)
  get('/api/v1/models/download/status/:jobId', downloadStatus)
  post('/api/v1/chat', chat)
}
