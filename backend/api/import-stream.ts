import { Readable } from 'node:stream'
import { type FastifyReply, type FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type ImportResult, OnDuplicate } from '#shared/entities/import.ts'
import { AppError, toAppError } from '../errors.ts'
import { Channel } from '../lib/channel.ts'
import { failureOf, type Importer, type ImportOptions } from '../library/importer.ts'
import { uploadError, uploadsOf } from './uploads.ts'

const Query = z.object({ on_duplicate: OnDuplicate.default('copy') })
const LINES = 'application/x-ndjson'

/**
 * Imports all files of a request. With `Accept: application/x-ndjson` each result is a line of its own, sent when it is
 * known; otherwise the answer is an array of all. A request that breaks off has imported what came before, and says so.
 */
export async function answerImport(
  importer: Importer,
  { request, reply, as }: { request: FastifyRequest; reply: FastifyReply; as: ImportOptions['as'] },
): Promise<FastifyReply> {
  const asked = Query.safeParse(request.query)
  if (!asked.success) throw new AppError('invalid', 'on_duplicate is one of: skip, copy, update')
  const results = resultsOf(importer, request, { as, onDuplicate: asked.data.on_duplicate })
  // What is wrong with the request as a whole is told with a status of its own, before the first result.
  const first = await results.next()
  if (!request.headers.accept?.includes(LINES)) {
    const all = first.done ? [] : [first.value]
    for await (const result of results) all.push(result)
    return reply.send(all)
  }
  const lines = new Channel<ImportResult>({ capacity: Infinity })
  // Without limit on purpose: most clients read the answer only when they have sent everything.
  void forward(first, results, lines)
  return reply
    .type(LINES)
    .header('x-accel-buffering', 'no')
    .send(Readable.from(asLines(lines)))
}

async function forward(
  first: IteratorResult<ImportResult>,
  rest: AsyncGenerator<ImportResult>,
  lines: Channel<ImportResult>,
): Promise<void> {
  try {
    if (!first.done) lines.trySend(first.value)
    for await (const result of rest) lines.trySend(result)
  } catch (thrown) {
    lines.trySend(failureOf('', toAppError(thrown)))
  } finally {
    lines.close()
  }
}

async function* asLines(results: AsyncIterable<ImportResult>): AsyncGenerator<string> {
  for await (const result of results) yield `${JSON.stringify(result)}\n`
}

async function* resultsOf(
  importer: Importer,
  request: FastifyRequest,
  options: ImportOptions,
): AsyncGenerator<ImportResult> {
  let count = 0
  try {
    for await (const upload of uploadsOf(request)) {
      for await (const result of importer.import(upload, options)) {
        count += 1
        yield result
      }
    }
  } catch (thrown) {
    const error = uploadError(thrown)
    if (count === 0) throw error
    yield failureOf('', error)
    return
  }
  if (count === 0) throw new AppError('bad_message', 'There is no file in the request')
}
