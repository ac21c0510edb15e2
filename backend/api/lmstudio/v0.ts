import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { z } from 'zod'
import { untilGone } from '../client-gone.ts'
import { type GenerateEvent, type GenerateRequest, type Talkable } from '../core/contract.ts'
import { dataFrame, sendEvents } from '../event-stream.ts'
import { chatCompletion } from '../openai/chat/chat-answer.ts'
import { ChatBody } from '../openai/chat/chat-body.ts'
import { chatFrames, DONE_FRAME } from '../openai/chat/chat-chunks.ts'
import { chatRequest } from '../openai/chat/chat-request.ts'
import { failedFrame } from '../openai/chat/chat-route.ts'
import {
  type Asked,
  checkWishes,
  CompletionBody,
  completionFrames,
  completionRequest,
  wholeCompletion,
} from '../openai/completions.ts'
import { registerEmbeddings } from '../openai/embeddings.ts'
import { BadRequest, failureOf } from '../openai/errors.ts'
import { newId, unixSeconds } from '../openai/ids.ts'
import { readBody } from '../openai/read-body.ts'
import { type LmStudioDoor } from './lmstudio-deps.ts'
import { v0Model } from './model-descriptions.ts'
import { runtimeOf, type Stats, v0Stats } from './v0-stats.ts'

/** The older API, `/api/v0`: OpenAI's, and how it went. */
export function registerV0(app: FastifyInstance, door: LmStudioDoor): void {
  app.setErrorHandler(async (thrown, _request, reply) => {
    const { status, body } = failureOf(thrown)
    if (status === 500) door.logger.error({ err: thrown }, 'A request at the LM Studio door failed')
    await reply.code(status).send(body)
  })
  app.get('/models', async (_request, reply) => {
    const all = await door.directory.list(untilGone(reply))
    return { object: 'list', data: all.map((talkable) => v0Model(talkable, door.residence)) }
  })
  app.get<{ Params: { '*': string } }>('/models/*', async (request, reply) => {
    const talkable = await find(door, request.params['*'], untilGone(reply))
    return v0Model(talkable, door.residence)
  })
  app.post('/chat/completions', (request, reply) => chat(door, request, reply))
  app.post('/completions', (request, reply) => complete(door, request, reply))
  registerEmbeddings(app, door)
}

const Ttl = z.object({ ttl: z.number().nullish().catch(null) })

/** A negative length means: as long as it likes. */
function withoutEndless(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('max_tokens' in body)) return body
  const isEndless = typeof body.max_tokens === 'number' && body.max_tokens < 0
  return isEndless ? { ...body, max_tokens: null } : body
}

async function chat(door: LmStudioDoor, request: FastifyRequest, reply: FastifyReply) {
  const body = readBody(ChatBody, withoutEndless(request.body))
  const run = await begin(door, { request, reply, asked: chatRequest(body) })
  const head = { id: newId('chatcmpl-'), created: unixSeconds(door.clock.date()), model: body.model }
  if (body.stream !== true) return { ...(await chatCompletion(head, run.events)), ...run.stats() }
  const frames = chatFrames(head, run.events, body.stream_options?.include_usage === true)
  return sendEvents(reply, { clock: door.clock, frames: measured(frames, run.stats), failed: failedFrame })
}

async function complete(door: LmStudioDoor, request: FastifyRequest, reply: FastifyReply) {
  const body = readBody(CompletionBody, withoutEndless(request.body))
  checkWishes(body)
  const prompt = typeof body.prompt === 'string' ? body.prompt : (body.prompt?.join('\n') ?? '')
  const run = await begin(door, { request, reply, asked: completionRequest(body, prompt) })
  const asked: Asked[] = [{ index: 0, events: run.events, echoed: body.echo === true ? prompt : '' }]
  const head = { id: newId('cmpl-'), created: unixSeconds(door.clock.date()), model: body.model }
  if (body.stream !== true) return { ...(await wholeCompletion(head, asked)), ...run.stats() }
  const frames = completionFrames(head, asked, body.stream_options?.include_usage === true)
  return sendEvents(reply, { clock: door.clock, frames: measured(frames, run.stats), failed: failedFrame })
}

interface Run {
  readonly events: AsyncIterable<GenerateEvent>
  /** How it went; asked for at its end. */
  readonly stats: () => Stats
}

interface Begin {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly asked: GenerateRequest
}

async function begin(door: LmStudioDoor, { request, reply, asked }: Begin): Promise<Run> {
  const signal = untilGone(reply)
  const talkable = await find(door, asked.model, signal)
  const ttl = Ttl.parse(request.body).ttl
  let finish: Extract<GenerateEvent, { type: 'finish' }> | undefined
  const events = async function* (): AsyncGenerator<GenerateEvent> {
    try {
      for await (const event of door.generate(asked, signal)) {
        if (event.type === 'finish') finish = event
        yield event
      }
    } finally {
      door.residence.use(talkable, ttl ? ttl * 1_000 : undefined)
    }
  }
  const stats = (): Stats => ({ ...v0Stats(finish, talkable), ...runtimeOf(door.version) })
  return { events: events(), stats }
}

async function find({ directory }: LmStudioDoor, name: string, signal: AbortSignal): Promise<Talkable> {
  const talkable = await directory.find(name, signal)
  if (talkable) return talkable
  const message = `There is no model "${name.slice(0, 200)}"`
  throw new BadRequest(message, { status: 404, code: 'model_not_found', param: 'model' })
}

/** The last chunk tells how it went. */
async function* measured(frames: AsyncIterable<string>, stats: () => Stats): AsyncGenerator<string> {
  let held: string | undefined
  for await (const frame of frames) {
    if (held !== undefined) yield frame === DONE_FRAME ? withStats(held, stats()) : held
    held = frame
  }
  if (held !== undefined) yield held
}

function withStats(frame: string, stats: Stats): string {
  const chunk: unknown = JSON.parse(frame.slice('data: '.length))
  return typeof chunk === 'object' ? dataFrame({ ...chunk, ...stats }) : frame
}
