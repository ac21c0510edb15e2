import { PassThrough } from 'node:stream'
import { type FastifyInstance, type FastifyReply } from 'fastify'
import { type z } from 'zod'
import { LlmSettingsPatch, ModelDraft, ModelPull } from '#shared/protocol/settings.ts'
import { type PullProgress } from '../engines/contracts.ts'
import { AppError, toAppError } from '../errors.ts'
import { type Settings } from '../settings/settings.ts'

/**
 * `GET` and `PATCH /api/settings`; `GET /api/models` lists those of the server that is set, `POST /api/models/list` those
 * of another one, `POST /api/models/test` has a model say a few words, and `POST /api/models/pull` has one fetched and
 * tells how far it is, a line of JSON each. Whoever asks may hang up: then it is stopped.
 */
export function registerSettings(app: FastifyInstance, settings: Settings): void {
  app.get('/api/settings', () => settings.read())
  app.patch('/api/settings', ({ body }) => settings.change(parsed(LlmSettingsPatch, body)))
  app.get('/api/models', (_request, reply) => settings.listModels(undefined, untilGone(reply)))
  app.post('/api/models/list', ({ body }, reply) =>
    settings.listModels(parsed(ModelDraft, body), untilGone(reply)),
  )
  app.post('/api/models/test', ({ body }, reply) =>
    settings.tryModel(parsed(ModelDraft, body ?? {}), untilGone(reply)),
  )
  app.post('/api/models/pull', ({ body }, reply) => {
    const { model } = parsed(ModelPull, body)
    const lines = new PassThrough()
    const tell = (line: object): boolean => lines.write(`${JSON.stringify(line)}\n`)
    settings
      .pullModel(model, (progress) => tell(shownProgress(progress)), untilGone(reply))
      .catch((thrown: unknown) => {
        const { message, code } = toAppError(thrown)
        tell({ error: message, code })
      })
      .finally(() => lines.end())
      .catch(() => {})
    return reply.type('application/x-ndjson').send(lines)
  })
}

function shownProgress({ status, completedBytes, totalBytes }: PullProgress): object {
  return { status, completed_bytes: completedBytes, total_bytes: totalBytes }
}

/** Aborts when the connection closes before the answer has been sent. */
function untilGone({ raw }: FastifyReply): AbortSignal {
  const leaving = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) leaving.abort(new AppError('bad_message', 'Whoever asked has hung up'))
  })
  return leaving.signal
}

function parsed<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const read = schema.safeParse(body)
  if (read.success) return read.data
  const { issues } = read.error
  const sentences = issues.map(({ path, message }) => `${path.join('.') || 'The message'}: ${message}`)
  throw new AppError('invalid', `These settings cannot be kept: ${sentences.join('; ')}`, { issues })
}
