import { type FastifyReply, type FastifyRequest } from 'fastify'
import { AppError } from '../../errors.ts'
import { type DoorMessage } from '../core/contract.ts'
import { untilGone } from '../client-gone.ts'
import { answerReply } from './answer-reply.ts'
import { refuseEmbedding } from './chat.ts'
import { fromContext, toContext } from './context.ts'
import { find } from './find.ts'
import { basicsOf } from './generate-request.ts'
import { answerLoad } from './load.ts'
import { partsOf } from './messages.ts'
import { type OllamaDoor } from './ollama-deps.ts'
import { type ReplyShape } from './reply-lines.ts'
import { GenerateBody, nameIn, read } from './requests.ts'

/** `POST /api/generate` */
export async function generate(door: OllamaDoor, request: FastifyRequest, reply: FastifyReply) {
  const body = read(GenerateBody, request.body)
  const name = nameIn(body)
  const signal = untilGone(reply)
  const talkable = await find(door.directory, name, signal)
  refuseEmbedding(talkable, name)
  if (body.suffix) throw new AppError('bad_message', `"${name}" does not support insert`)
  const messages = said(body)
  const shape = generateShape(name, {
    now: () => door.clock.date(),
    context: body.raw ? undefined : (text) => toContext(messages, text),
  })
  if (!body.prompt && !body.images?.length) {
    return answerLoad(door, { shape, talkable, keepAlive: body.keep_alive, signal })
  }
  const { ignored, ...basics } = basicsOf(body, talkable)
  return answerReply(door, reply, {
    body,
    talkable,
    shape,
    signal,
    ignored,
    request: { ...basics, messages: [...system(body), ...messages], tools: [] },
  })
}

function system({ system: text, raw }: GenerateBody): DoorMessage[] {
  return text && !raw ? [{ role: 'system', parts: [{ type: 'text', text }] }] : []
}

function said({ prompt, images, context, raw }: GenerateBody): DoorMessage[] {
  const before = raw ? [] : fromContext(context ?? [])
  return [...before, { role: 'user', parts: partsOf(prompt ?? '', images ?? []) }]
}

interface ShapeOptions {
  readonly now: () => Date
  readonly context: ((text: string) => readonly number[]) | undefined
}

function generateShape(model: string, { now, context }: ShapeOptions): ReplyShape {
  return {
    head: () => ({ model, created_at: now().toISOString() }),
    text: (response) => ({ response }),
    thinking: (thinking) => ({ response: '', thinking }),
    // Nothing can be called here: no tools are offered.
    toolCall: () => ({ response: '' }),
    whole: ({ text, thinking }) => ({ response: text, ...(thinking === '' ? {} : { thinking }) }),
    tail: (text) => (context ? { context: context(text) } : {}),
  }
}
