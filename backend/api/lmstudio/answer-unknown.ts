import { type FastifyReply, type FastifyRequest } from 'fastify'

/** LM Studio answers 200 to what it does not know, and programs tell it by that. */
export function answerUnknown({ method, url }: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.code(200).send({ error: `Unexpected endpoint or method. (${method} ${url})` })
}
