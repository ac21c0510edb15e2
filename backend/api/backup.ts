import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type FastifyInstance, type FastifyRequest } from 'fastify'
import { type Manifest } from '../backup/manifest.ts'
import { restoreFolder } from '../backup/places.ts'
import { discardRestore } from '../backup/settle-restore.ts'
import { stageRestore } from '../backup/stage-restore.ts'
import { type BackupDeps, writeBackup } from '../backup/write-backup.ts'
import { AppError } from '../errors.ts'
import { contentDisposition } from '../library/file-name.ts'
import { withUpload } from './uploads.ts'

export interface BackupApiDeps extends BackupDeps {
  /** Ends this server and begins it anew; absent: somebody has to do that by hand. */
  readonly restart?: (() => void) | undefined
}

/** What is answered to a backup that is to be restored. */
export interface Restored {
  readonly ok: true
  /** `now`: the server is restarting by itself; `needed`: the backup is in place after the next start. */
  readonly restart: 'now' | 'needed'
  readonly created_at: string
  readonly contents: Manifest['contents']
}

/** As their makers call them: browsers, `curl --data-binary`, other programs. */
const RAW = ['application/zip', 'application/x-zip-compressed', 'application/octet-stream']

/**
 * `GET /api/backup`: everything, as one ZIP; `x-backup-bytes` says how large it is before packing.
 * `POST /api/restore`, with the ZIP as multipart or as it is: verified as a whole before anything is changed.
 * `DELETE /api/restore` forgets one that waits for a restart.
 */
export function registerBackup(app: FastifyInstance, deps: BackupApiDeps): void {
  app.get('/api/backup', async (_request, reply) => {
    const { fileName, content, sizeBytes } = await writeBackup(deps)
    void reply.header('content-disposition', contentDisposition(fileName))
    void reply.header('x-backup-bytes', String(sizeBytes)).header('cache-control', 'no-store')
    return await reply.type('application/zip').send(content)
  })
  void app.register((scope, _options, done) => {
    scope.addContentTypeParser(RAW, (_request, payload, parsed) => parsed(null, payload))
    scope.post('/api/restore', { bodyLimit: Number.MAX_SAFE_INTEGER }, async (request, reply) => {
      const { restart } = deps
      const restored = await received(deps, request)
      if (restart) reply.raw.once('close', () => setImmediate(restart))
      return restored
    })
    scope.delete('/api/restore', async () => ({ discarded: await discardRestore(deps.dataDir) }))
    done()
  })
}

/** On the disk first, as the list of what is in a ZIP stands at its end. */
async function received(deps: BackupApiDeps, request: FastifyRequest): Promise<Restored> {
  const { dataDir, clock, restart } = deps
  const path = join(restoreFolder(dataDir), `${randomUUID()}.zip`)
  try {
    await mkdir(restoreFolder(dataDir), { recursive: true })
    const { body } = request
    if (request.isMultipart()) await withUpload(request, ({ content }) => save(content, path))
    else if (body instanceof Readable) await save(body, path)
    else throw new AppError('bad_message', 'Send the backup as application/zip or as multipart/form-data')
    const { created_at, contents } = await stageRestore(dataDir, path, clock.date())
    return { ok: true, restart: restart ? 'now' : 'needed', created_at, contents }
  } finally {
    await rm(path, { force: true })
  }
}

async function save(content: AsyncIterable<Uint8Array>, path: string): Promise<void> {
  try {
    await pipeline(content, createWriteStream(path))
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new AppError('storage_failed', 'The disk is full: there is no room for the backup', { cause })
    }
    throw new AppError('bad_message', 'The upload broke off; nothing was changed', { cause })
  }
}
