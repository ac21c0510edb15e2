import { Readable } from 'node:stream'
import { type FastifyInstance, type FastifyReply } from 'fastify'
import { z } from 'zod'
import { type LanguageModel, type ModelProfile, type PullProgress } from '../engines/contracts.ts'
import { AppError, toAppError } from '../errors.ts'
import { Channel } from '../lib/channel.ts'

const PullRequest = z.object({ model: z.string().trim().min(1).max(500) })
const LIST_TIMEOUT_MS = 15_000

/** The models behind the language engine: `GET /api/models`, and `POST /api/models/pull` with its progress line by line. */
export function registerModels(app: FastifyInstance, model: LanguageModel): void {
  app.get('/api/models', async () => {
    const standard = model.profile().id
    const models = await model.listModels(AbortSignal.timeout(LIST_TIMEOUT_MS))
    return models.map((profile) => described(profile, standard))
  })
  app.post('/api/models/pull', async (request, reply) => {
    const parsed = PullRequest.safeParse(request.body)
    if (!parsed.success) throw new AppError('bad_message', 'Say which model: { "model": "llama3.1" }')
    if (!model.pullModel) {
      throw new AppError(
        'invalid',
        `The language engine "${model.name}" cannot fetch models; that needs an Ollama server as llm_base_url`,
      )
    }
    await reply.type('application/x-ndjson').send(progressLines(model, parsed.data.model, reply))
  })
}

function described({ id, contextTokens, canUseTools }: ModelProfile, standard: string) {
  return {
    id,
    ...(Number.isFinite(contextTokens) ? { context_tokens: contextTokens } : {}),
    can_use_tools: canUseTools,
    is_default: id === standard,
  }
}

/** `{ status, completed_bytes?, total_bytes? }` …, then `{ status: "success" }` or `{ error, code }`. */
function progressLines(model: LanguageModel, name: string, reply: FastifyReply): Readable {
  const stopped = new AbortController()
  reply.raw.once('close', () => stopped.abort(new Error('The client is gone')))
  const lines = new Channel<object>({ capacity: Infinity })
  const onProgress = ({ status, completedBytes, totalBytes }: PullProgress): void => {
    const size = totalBytes === undefined ? {} : { completed_bytes: completedBytes, total_bytes: totalBytes }
    lines.trySend({ status, ...size })
  }
  const pull = async (): Promise<void> => {
    try {
      await model.pullModel?.(name, onProgress, stopped.signal)
      lines.trySend({ status: 'success' })
    } catch (thrown) {
      const { message, code } = toAppError(thrown)
      lines.trySend({ error: message, code })
    } finally {
      lines.close()
    }
  }
  void pull()
  return Readable.from(asText(lines))
}

async function* asText(lines: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(line)}\n`
}
