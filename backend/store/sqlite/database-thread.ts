import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { inspectDatabase } from './inspect-database.ts'
import { connectTo } from './connection.ts'
import { type DatabaseJobResult } from './database-jobs.ts'

/** Work on whole database files, which takes long: on a thread of its own. */

const Job = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('copy'), from: z.string(), to: z.string() }),
  z.object({ kind: z.literal('inspect'), file: z.string() }),
])

const PIECE_BYTES = 1024 * 1024

parentPort?.postMessage(done())

function done(): DatabaseJobResult {
  try {
    const job = Job.parse(workerData)
    if (job.kind === 'copy') copy(job.from, job.to)
    const file = job.kind === 'copy' ? job.to : job.file
    return { ok: true, inspected: inspectDatabase(file), hash: hashOf(file) }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
    return { ok: false, message: error instanceof Error ? error.message : String(error), code }
  }
}

/** As it is at this moment, whatever is written meanwhile: readers of a write-ahead log stand in nobody's way. */
function copy(from: string, to: string): void {
  const sqlite = connectTo(from, { readonly: true, timeout: 10_000 })
  try {
    sqlite.prepare('VACUUM INTO ?').run(to)
  } finally {
    sqlite.close()
  }
}

function hashOf(file: string): string {
  const hash = createHash('sha256')
  const piece = Buffer.alloc(PIECE_BYTES)
  const descriptor = openSync(file, 'r')
  try {
    for (let read = readSync(descriptor, piece); read > 0; read = readSync(descriptor, piece)) {
      hash.update(piece.subarray(0, read))
    }
  } finally {
    closeSync(descriptor)
  }
  return hash.digest('hex')
}
