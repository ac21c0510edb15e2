import { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify'
import { answerBrokenAddress as answerAsOpenAi } from '../openai/openai-door.ts'

/**
 * For `frameworkErrors` of apps that have OpenAI's door on them. What is no address at all (`/v1/%zz`) reaches no route, but is
 * answered in the words of those beside it.
 */
export function answerBrokenAddress(
  thrown: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  // No hooks run here. The socket of a refused upgrade belongs to nobody, and would keep the server from closing.
  if (request.headers.upgrade !== undefined) reply.raw.once('finish', () => request.raw.socket.destroy())
  if (/^\/v1(?:[/?]|$)/u.test(request.url)) answerAsOpenAi(thrown, request, reply)
  else request.server.errorHandler(thrown, request, reply)
}
