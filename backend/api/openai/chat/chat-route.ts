import { type FastifyInstance } from 'fastify'
import { untilGone } from '../../client-gone.ts'
import { type DoorDeps } from '../../core/door-deps.ts'
import { dataFrame, sendEvents } from '../../event-stream.ts'
import { failureOf } from '../errors.ts'
import { newId, unixSeconds } from '../ids.ts'
import { readBody } from '../read-body.ts'
import { chatCompletion } from './chat-answer.ts'
import { ChatBody } from './chat-body.ts'
import { chatFrames } from './chat-chunks.ts'
import { chatRequest } from './chat-request.ts'

/** `POST /chat/completions` */
export function registerChat(app: FastifyInstance, { generate, clock }: DoorDeps): void {
  app.post('/chat/completions', async (request, reply) => {
    const body = readBody(ChatBody, request.body)
    const events = generate(chatRequest(body), untilGone(reply))
    const head = { id: newId('chatcmpl-'), created: unixSeconds(clock.date()), model: body.model }
    if (body.stream !== true) return chatCompletion(head, events)
    const frames = chatFrames(head, events, body.stream_options?.include_usage === true)
    return sendEvents(reply, { clock, frames, failed: failedFrame })
  })
}

/** A stream that fails in its middle ends with the reason. */
export function failedFrame(thrown: unknown): string {
  return dataFrame(failureOf(thrown).body)
}
