import { type FastifyInstance, type FastifyReply } from 'fastify'
import { type z } from 'zod'
import { LlmSettingsPatch, ModelDraft } from '#shared/protocol/settings.ts'
import { AppError } from '../errors.ts'
import { type Settings } from '../settings/settings.ts'

/**
 * `GET` and `PATCH /api/settings`; `POST /api/models/list` lists the models of a server that need not be set yet, and
 * `POST /api/models/test` has a model say a few words. Whoever asks may hang up: then it is stopped.
 */
export function registerSettings(app: FastifyInstance, settings: Settings): void {
  app.get('/api/settings', () => settings.read())
  app.patch('/api/settings', ({ body }) => settings.change(parsed(LlmSettingsPatch, body)))
  app.post('/api/models/list', ({ body }, reply) =>
    settings.listModels(parsed(ModelDraft, body), untilGone(reply)),
  )
  app.post('/api/models/test', ({ body }, reply) =>
    settings.tryModel(parsed(ModelDraft, body ?? {}), untilGone(reply)),
  )
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
