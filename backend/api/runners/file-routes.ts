import { type FastifyInstance } from 'fastify'
import { DownloadDraft, type DownloadsAnswer, ModelFileRemoval, type ModelFiles } from '#shared/entities.ts'
import { untilGone } from '../client-gone.ts'
import { readBody } from './read-body.ts'
import { type LocalHouse, localOf, type RunnersDeps } from './runners-deps.ts'

/** Models on the disk, and those on their way there. */
export function registerFileRoutes(app: FastifyInstance, deps: RunnersDeps): void {
  app.get('/api/models/files', (_request, reply) => filesOf(localOf(deps), untilGone(reply)))
  app.delete('/api/models/files', async ({ body }, reply) => {
    const local = localOf(deps)
    const { path } = readBody(ModelFileRemoval, body)
    const signal = untilGone(reply)
    await local.service.deleteFile(path, signal)
    return filesOf(local, signal)
  })
  app.get('/api/downloads', () => downloadsOf(localOf(deps)))
  app.post('/api/downloads', ({ body }, reply) => {
    const { service } = localOf(deps)
    return reply.code(202).send(service.downloads.start(readBody(DownloadDraft, body).source))
  })
  app.delete<{ Params: { id: string } }>('/api/downloads/:id', ({ params: { id } }) => {
    const local = localOf(deps)
    local.service.downloads.cancel(id)
    return downloadsOf(local)
  })
}

async function filesOf({ service }: LocalHouse, signal: AbortSignal): Promise<ModelFiles> {
  return { files: [...(await service.files(signal))] }
}

function downloadsOf({ service }: LocalHouse): DownloadsAnswer {
  return { downloads: [...service.downloads.list()] }
}
