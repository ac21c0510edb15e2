import { type FastifyInstance, type FastifyReply } from 'fastify'
import { z } from 'zod'
import { type ImportedFrom } from '#shared/entities/import.ts'
import { AppError } from '../errors.ts'
import { type Clock } from '../lib/clock.ts'
import { EXPORT_FORMATS, exportCharacter, type ExportedFile } from '../library/card-export.ts'
import { exportCharacters } from '../library/export-many.ts'
import { contentDisposition } from '../library/file-name.ts'
import { type Importer } from '../library/importer.ts'
import { type LibraryDeps } from '../library/library-deps.ts'
import { type Original } from '../store/contract.ts'
import { answerImport } from './import-stream.ts'

const Params = z.object({ id: z.string().min(1).max(200) })
const Query = z.object({ format: z.enum(EXPORT_FORMATS).optional() })
/** More are not chosen with one gesture. */
const MAX_AT_ONCE = 10_000
const Ids = z.array(z.string().min(1).max(200)).min(1).max(MAX_AT_ONCE)
const Many = Query.extend({ ids: Ids })

export interface CardRoutes {
  readonly importer: Importer
  readonly library: LibraryDeps
  readonly clock: Clock
}

/**
 * `POST /api/characters/import?on_duplicate=skip|copy|update` (multipart, any number of files) → one result for each;
 * `GET /api/characters/:id/export?format=png|json|charx` → a file;
 * `GET /api/characters/export?ids=…&ids=…&format=` or `POST` with `{ ids, format }` → one ZIP of many;
 * `GET /api/characters/:id/original` → where it came from, and what was repaired then.
 */
export function registerCharactersIo(app: FastifyInstance, { importer, library, clock }: CardRoutes): void {
  app.post('/api/characters/import', (request, reply) =>
    answerImport(importer, { request, reply, as: 'character' }),
  )
  app.get('/api/characters/:id/export', async ({ params, query }, reply) => {
    const { id } = Params.parse(params)
    const asked = Query.safeParse(query)
    if (!asked.success) throw new AppError('invalid', `The format is one of: ${EXPORT_FORMATS.join(', ')}`)
    return sendFile(
      reply,
      await exportCharacter(library, { id, format: asked.data.format, now: clock.date() }),
    )
  })
  registerExportOfMany(app, { library, clock })
  app.get('/api/characters/:id/original', async ({ params }) => {
    const { id } = Params.parse(params)
    await library.store.characters.get(id)
    return importedFrom(await library.store.originals.find('character', id))
  })
}

/** The same twice: addresses are too short for the ids of thousands. */
function registerExportOfMany(app: FastifyInstance, { library, clock }: Omit<CardRoutes, 'importer'>): void {
  const answer = async (question: unknown, reply: FastifyReply): Promise<FastifyReply> => {
    const asked = Many.safeParse(question)
    if (!asked.success) throw new AppError('invalid', MANY_WANTED, { issues: asked.error.issues })
    const now = clock.date()
    const { ids, format } = asked.data
    const content = await exportCharacters(library, { ids, format, now })
    return await reply
      .type('application/zip')
      .header(
        'content-disposition',
        contentDisposition(`troupe-characters-${now.toISOString().slice(0, 10)}.zip`),
      )
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'no-store')
      .send(content)
  }
  app.get('/api/characters/export', ({ query }, reply) => answer(withList(query), reply))
  app.post('/api/characters/export', ({ body }, reply) => answer(body, reply))
}

const MANY_WANTED = `Name 1 to ${MAX_AT_ONCE} characters as ids, and as format one of: ${EXPORT_FORMATS.join(', ')}`

/** One id alone is a text in a query string. */
function withList(query: unknown): unknown {
  if (typeof query !== 'object' || query === null || !('ids' in query)) return query
  return typeof query.ids === 'string' ? { ...query, ids: [query.ids] } : query
}

/** Sends a file that a browser saves instead of showing it. */
export function sendFile(reply: FastifyReply, { bytes, mime, fileName }: ExportedFile): FastifyReply {
  return reply
    .type(mime)
    .header('content-disposition', contentDisposition(fileName))
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'no-store')
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
}

/** @throws AppError `not_found` for what was made here. */
export function importedFrom(original: Original | undefined): ImportedFrom {
  if (!original) throw new AppError('not_found', 'It did not come from a file')
  const { format, file_name, hash, source, report, created_at } = original
  return { format, file_name, hash, source, report, created_at }
}
