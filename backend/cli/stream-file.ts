import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CliError, EXIT, reasonOf } from './exit.ts'
import { type ServerAnswer } from './trust.ts'

/** Writes what a server sends to a file. @see saveStream */
export function saveResponse(response: ServerAnswer, path: string): Promise<number> {
  return saveStream(piecesOf(response), path)
}

/**
 * Writes what comes to a file, however much it is: beside its place first, so that what was there before stays
 * until all of it has come.
 * @returns how many bytes.
 * @throws CliError that says why it cannot be written; nothing half-written stays.
 */
export async function saveStream(content: AsyncIterable<Uint8Array>, path: string): Promise<number> {
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`)
  try {
    const file = createWriteStream(beside, { flags: 'wx', mode: 0o600 })
    await pipeline(Readable.from(content), file)
    await keepOnDisk(beside)
    await rename(beside, path)
    return file.bytesWritten
  } catch (error) {
    await rm(beside, { force: true })
    const reason = isBrokenOff(error) ? 'the server broke off; its log says why' : reasonOf(error)
    throw new CliError(EXIT.failure, `Cannot write ${path}: ${reason}`, { cause: error })
  }
}

async function* piecesOf({ body }: ServerAnswer): AsyncGenerator<Uint8Array> {
  if (body) yield* body
}

async function keepOnDisk(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** What `fetch` calls a connection that ended too early. */
function isBrokenOff(error: unknown): boolean {
  return error instanceof TypeError && error.message === 'terminated'
}
