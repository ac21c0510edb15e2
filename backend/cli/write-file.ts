import { randomBytes } from 'node:crypto'
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { CliError, EXIT, reasonOf } from './exit.ts'

/**
 * Puts a file in place as a whole or not at all: it is written beside its place and renamed once it is safe on the disk.
 * A device or pipe is written to as it is.
 * @throws CliError that says why it cannot be written; nothing half-written stays.
 */
export async function writeWhole(
  path: string,
  text: string | Uint8Array,
  options: { mode?: number } = {},
): Promise<void> {
  try {
    const target = await targetOf(path)
    if (target.isFile) await replace(target.path, text, options.mode ?? target.mode)
    else await writeTo(await open(target.path, 'w'), text)
  } catch (error) {
    throw new CliError(EXIT.failure, `Cannot write ${path}: ${reasonOf(error)}`, { cause: error })
  }
}

interface Target {
  readonly path: string
  /** A regular file, or none yet. */
  readonly isFile: boolean
  readonly mode: number
}

/** Where a link leads to, so that the link stays one. */
async function targetOf(path: string): Promise<Target> {
  try {
    const place = await realpath(path)
    const found = await stat(place)
    if (found.isDirectory()) throw Object.assign(new Error('It is a folder'), { code: 'EISDIR' })
    return { path: place, isFile: found.isFile(), mode: found.mode & 0o777 }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return { path, isFile: true, mode: 0o666 }
    }
    throw error
  }
}

async function replace(path: string, text: string | Uint8Array, mode: number): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`)
  try {
    await writeTo(await open(beside, 'wx', mode), text)
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}

async function writeTo(file: FileHandle, text: string | Uint8Array): Promise<void> {
  try {
    await file.writeFile(text)
    await file.sync().catch((error: unknown) => {
      // What is no file cannot be synchronised, and need not be.
      if (!(error instanceof Error && 'code' in error && error.code === 'EINVAL')) throw error
    })
  } finally {
    await file.close()
  }
}
