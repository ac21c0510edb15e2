import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { checkProgramToken } from '../../socket/access.ts'
import { queryTokenOf } from '../../socket/socket-route.ts'
import { type DoorDeps } from '../core/door-deps.ts'
import { acceptUploads } from '../uploads.ts'
import { registerSpeech } from './audio/speech.ts'
import { registerTranscriptions } from './audio/transcriptions.ts'
import { registerVoiceList } from './audio/voice-list.ts'
import { registerChat } from './chat/chat-route.ts'
import { registerCompletions } from './completions.ts'
import { registerEmbeddings } from './embeddings.ts'
import { BadRequest, failureOf } from './errors.ts'
import { newId } from './ids.ts'
import { registerModelList } from './models.ts'
import { registerResponses } from './responses/responses-route.ts'

/** Pictures come along in the text. */
const MAX_BODY_BYTES = 64 * 1024 * 1024
const REQUEST_ID = 'x-request-id'

/** `/v1/…` as OpenAI's clients know it, in front of the models, the characters, the voices and the ears of this house. */
export async function registerOpenAi(app: FastifyInstance, deps: DoorDeps): Promise<void> {
  await app.register(
    async (door) => {
      guard(door, deps)
      answerErrors(door, deps)
      if (!door.hasContentTypeParser('multipart/form-data')) await acceptUploads(door)
      registerModelList(door, deps)
      registerChat(door, deps)
      registerCompletions(door, deps)
      registerEmbeddings(door, deps)
      registerResponses(door, deps)
      registerSpeech(door, deps)
      registerVoiceList(door, deps)
      registerTranscriptions(door, deps)
    },
    { prefix: '/v1', bodyLimit: MAX_BODY_BYTES },
  )
}

/** For what is no address at all: it reaches no door, but is answered as behind this one. */
export function answerBrokenAddress(thrown: Error, { url }: FastifyRequest, reply: FastifyReply): void {
  void sendFailure(reply, new BadRequest(`"${url.slice(0, 200)}" is no valid address`, { cause: thrown }))
}

/** It stands on the ports of other doors, too, and there nobody else looks. */
function guard(door: FastifyInstance, { token }: DoorDeps): void {
  const access = { token, allowedHosts: [], allowedOrigins: [] }
  door.addHook('onRequest', (request, reply, done) => {
    reply.header(REQUEST_ID, newId('req_'))
    checkProgramToken(access, { headers: request.headers, queryToken: queryTokenOf(request) })
    done()
  })
}

function answerErrors(door: FastifyInstance, { logger }: DoorDeps): void {
  door.setErrorHandler(async (thrown, _request, reply) => {
    const failure = failureOf(thrown)
    if (failure.status === 500) {
      const requestId = reply.getHeader(REQUEST_ID)
      logger.error({ err: thrown, requestId }, 'A request of another program failed')
    }
    return sendFailure(reply, thrown)
  })
  door.setNotFoundHandler(async (request, reply) => {
    const { method, url } = request
    const message = `There is no ${method} ${url.split('?')[0] ?? ''} here`
    return sendFailure(reply, new BadRequest(message, { status: 404, code: 'unknown_url' }))
  })
}

function sendFailure(reply: FastifyReply, thrown: unknown): FastifyReply {
  const { status, body, shouldRetry, retryAfterMs } = failureOf(thrown)
  if (!reply.hasHeader(REQUEST_ID)) reply.header(REQUEST_ID, newId('req_'))
  reply.code(status).header('x-should-retry', String(shouldRetry))
  if (retryAfterMs !== undefined) {
    reply
      .header('retry-after', Math.ceil(retryAfterMs / 1000))
      .header('retry-after-ms', Math.ceil(retryAfterMs))
  }
  return reply.type('application/json; charset=utf-8').send(body)
}
