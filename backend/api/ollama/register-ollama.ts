import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { AppError } from '../../errors.ts'
import { checkProgramToken } from '../../socket/access.ts'
import { accessTo, guardBrowsers } from '../core/browser-rules.ts'
import { Residence } from '../core/residence.ts'
import { chat } from './chat.ts'
import { copy, remove } from './copy-and-delete.ts'
import { create } from './create.ts'
import { embed, embeddings } from './embed.ts'
import { generate } from './generate.ts'
import { ps, show, tags } from './models.ts'
import { type OllamaDeps, type OllamaDoor } from './ollama-deps.ts'
import { pull } from './pull.ts'
import { SharedJobs } from '../core/shared-jobs.ts'
import { wireError } from './wire-error.ts'

/** Several photographs as base64. */
const MAX_BODY_BYTES = 64 * 1024 * 1024
const METHODS = ['GET', 'POST', 'DELETE'] as const

type Answer = (door: OllamaDoor, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

/**
 * What programs that speak to Ollama find on its port: models and characters. The whole app is this door's: its rules for
 * browsers and its way to say errors hold for everything that is added to it.
 */
export async function registerOllama(app: FastifyInstance, deps: OllamaDeps): Promise<void> {
  const { clock, runners, model, logger } = deps
  const access = accessTo(deps)
  const residence = new Residence({ runners, clock, standardModel: () => model.profile().id })
  const door: OllamaDoor = { ...deps, residence, pulls: new SharedJobs() }
  guardBrowsers(app, access)
  app.setErrorHandler(async (thrown, _request, reply) => {
    const { status, message } = wireError(thrown)
    if (status === 500) logger.error({ err: thrown }, 'A request at the Ollama door failed')
    await reply.code(status).send({ error: message })
  })
  app.setNotFoundHandler((request, reply) => answerUnknown(app, request, reply))
  await app.register(async (scope) => {
    readAnythingAsJson(scope)
    scope.addHook('onRequest', async ({ url, headers }) => {
      if (url.startsWith('/api/')) checkProgramToken(access, { headers, queryToken: undefined })
    })
    addRoutes(scope, door)
  })
}

function addRoutes(app: FastifyInstance, door: OllamaDoor): void {
  const get = (url: string, answer: Answer): void => {
    app.get(url, (request, reply) => answer(door, request, reply))
  }
  const post = (url: string, answer: Answer): void => {
    app.post(url, { bodyLimit: MAX_BODY_BYTES }, (request, reply) => answer(door, request, reply))
  }
  app.get('/', (_request, reply) => reply.type('text/plain; charset=utf-8').send('Ollama is running'))
  app.get('/api/version', () => ({ version: door.config.ollama_version }))
  get('/api/tags', tags)
  get('/api/ps', ps)
  post('/api/show', show)
  post('/api/chat', chat)
  post('/api/generate', generate)
  post('/api/embed', embed)
  post('/api/embeddings', embeddings)
  post('/api/pull', pull)
  post('/api/create', create)
  post('/api/copy', copy)
  app.delete('/api/delete', (request, reply) => remove(door, request, reply))
  post('/api/push', noModelFiles)
  app.head('/api/blobs/:digest', (_request, reply) => reply.code(404).send())
  post('/api/blobs/:digest', noModelFiles)
}

/** Most tutorials send JSON without saying that it is JSON. */
function readAnythingAsJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, app.getDefaultJsonParser('error', 'ignore'))
}

async function noModelFiles(_door: OllamaDoor, _request: FastifyRequest, reply: FastifyReply) {
  return reply.code(501).send({ error: 'Troupe neither takes nor gives model files' })
}

function answerUnknown(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const [url = ''] = request.url.split('?')
  const isKnown = METHODS.some((method) => app.hasRoute({ method, url }))
  const { status, message } = isKnown
    ? { status: 405, message: `method ${request.method} not allowed for ${url}` }
    : wireError(new AppError('not_found', `there is no ${request.method} ${url}`))
  return reply.code(status).send({ error: message })
}
