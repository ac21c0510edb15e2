import { type FastifyReply, type FastifyRequest } from 'fastify'
import { AppError } from '../../errors.ts'
import { type Talkable } from '../core/contract.ts'
import { untilGone } from '../client-gone.ts'
import { answerReply } from './answer-reply.ts'
import { find } from './find.ts'
import { basicsOf } from './generate-request.ts'
import { answerLoad } from './load.ts'
import { messagesOf, toolsOf } from './messages.ts'
import { type OllamaDoor } from './ollama-deps.ts'
import { type ReplyShape } from './reply-lines.ts'
import { ChatRequest, nameIn, read } from './requests.ts'

/** `POST /api/chat` */
export async function chat(door: OllamaDoor, request: FastifyRequest, reply: FastifyReply) {
  const body = read(ChatRequest, request.body)
  const name = nameIn(body)
  const signal = untilGone(reply)
  const talkable = await find(door.directory, name, signal)
  refuseEmbedding(talkable, name)
  const shape = chatShape(name, () => door.clock.date())
  const messages = body.messages ?? []
  if (messages.length === 0) return answerLoad(door, { shape, talkable, keepAlive: body.keep_alive, signal })
  const tools = toolsOf(body.tools ?? [])
  if (tools.length > 0 && !talkable.canUseTools) {
    throw new AppError('bad_message', `"${name}" does not support tools`)
  }
  const { ignored, ...basics } = basicsOf(body, talkable)
  return answerReply(door, reply, {
    body,
    talkable,
    shape,
    signal,
    ignored,
    request: { ...basics, messages: messagesOf(messages), tools },
  })
}

/** @throws AppError `bad_message` for models that make vectors, not sentences. */
export function refuseEmbedding({ kind }: Talkable, name: string): void {
  if (kind === 'embedding') throw new AppError('bad_message', `"${name}" does not support chat`)
}

function message(fields: object): object {
  return { message: { role: 'assistant', content: '', ...fields } }
}

function chatShape(model: string, now: () => Date): ReplyShape {
  return {
    head: () => ({ model, created_at: now().toISOString() }),
    text: (content) => message({ content }),
    thinking: (thinking) => message({ thinking }),
    toolCall: (call) => message({ tool_calls: [call] }),
    whole: ({ text, thinking, toolCalls }) =>
      message({
        content: text,
        ...(thinking === '' ? {} : { thinking }),
        ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
      }),
    tail: () => ({}),
  }
}
