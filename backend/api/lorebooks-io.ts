import { type FastifyInstance } from 'fastify'
import { z } from 'zod'
import { exportLorebook } from '../library/lorebook-export.ts'
import { type CardRoutes, importedFrom, sendFile } from './characters-io.ts'
import { answerImport } from './import-stream.ts'

const Params = z.object({ id: z.string().min(1).max(200) })

/** The same for lorebooks: `POST /api/lorebooks/import`, `GET /api/lorebooks/:id/export`, `GET /api/lorebooks/:id/original`. */
export function registerLorebooksIo(
  app: FastifyInstance,
  { importer, library }: Omit<CardRoutes, 'clock'>,
): void {
  app.post('/api/lorebooks/import', (request, reply) =>
    answerImport(importer, { request, reply, as: 'lorebook' }),
  )
  app.get('/api/lorebooks/:id/export', async ({ params }, reply) =>
    sendFile(reply, await exportLorebook(library, Params.parse(params).id)),
  )
  app.get('/api/lorebooks/:id/original', async ({ params }) => {
    const { id } = Params.parse(params)
    await library.store.lorebooks.get(id)
    return importedFrom(await library.store.originals.find('lorebook', id))
  })
}
