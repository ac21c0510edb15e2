import { type FastifyReply } from 'fastify'
import { type GenerateEvent, type GenerateRequest, type Talkable } from '../core/contract.ts'
import { keepAliveMs } from './duration.ts'
import { answerLines } from './lines.ts'
import { type OllamaDoor } from './ollama-deps.ts'
import { replyLines, type ReplyShape, wholeReply } from './reply-lines.ts'
import { type ChatRequest } from './requests.ts'

interface Asked {
  readonly body: Pick<ChatRequest, 'stream' | 'think' | 'keep_alive'>
  readonly talkable: Talkable
  readonly shape: ReplyShape
  readonly request: GenerateRequest
  /** Options that change nothing here. */
  readonly ignored: readonly string[]
  readonly signal: AbortSignal
}

/** Asks, and answers line by line, or in one piece if the program says so. */
export async function answerReply(door: OllamaDoor, reply: FastifyReply, asked: Asked) {
  const { body, shape, ignored } = asked
  if (ignored.length > 0) door.logger.debug({ options: ignored }, 'Options of a program were ignored')
  const options = { shape, hidesThoughts: body.think === false }
  const events = kept(door, asked, keepAliveMs(body.keep_alive))
  if (body.stream === false) return wholeReply(events, options)
  return answerLines(reply, replyLines(events, options))
}

/** However the reply ends: from then on the model stays for as long as the program wants it to. */
async function* kept(
  { generate, residence }: OllamaDoor,
  { talkable, request, signal }: Asked,
  keepMs: number | undefined,
): AsyncGenerator<GenerateEvent> {
  try {
    yield* generate(request, signal)
  } finally {
    residence.use(talkable, keepMs)
  }
}
