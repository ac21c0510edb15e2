import { createHash, randomUUID } from 'node:crypto'
import * as nodeFiles from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../errors.ts'
import { macrotask } from '../lib/macrotask.ts'

/** What is asked of the disk; tests give one that fails. */
export type Files = Pick<
  typeof nodeFiles,
  'mkdir' | 'open' | 'readFile' | 'readdir' | 'rename' | 'rm' | 'stat' | 'utimes' | 'writeFile'
>

/** A file that was received, and is not yet kept. Disposed of without `keep`, it leaves no trace. */
export interface IncomingFile extends AsyncDisposable {
  /** Where it lies until then. */
  readonly path: string
  /** SHA-256 of its content, in hex. */
  readonly hash: string
  readonly sizeBytes: number
  /** Puts it in its place, whole and durable. Identical content is there once. */
  keep(): Promise<void>
}

export interface ReceiveLimits {
  /** @throws AppError `invalid` behind it */
  readonly maxBytes: number
}

/** Hashing is quick; larger pieces would be noticed by whoever is speaking. */
const PIECE_BYTES = 256 * 1024

/** Files named by their content, under `<folder>/ab/<sha256>`: written once, never changed. */
export class MediaFiles {
  readonly #folder: string
  readonly #files: Files

  constructor(folder: string, files: Files = nodeFiles) {
    this.#folder = folder
    this.#files = files
  }

  get folder(): string {
    return this.#folder
  }

  get files(): Files {
    return this.#files
  }

  pathOf(hash: string): string {
    return join(this.#folder, hash.slice(0, 2), hash)
  }

  /**
   * Writes what comes to a place of its own, hashing it on the way, so that no file has to fit into memory.
   * @throws AppError `invalid` if it is too large, `storage_failed` if the disk refuses; nothing is left behind then.
   */
  async receive(source: AsyncIterable<Uint8Array>, { maxBytes }: ReceiveLimits): Promise<IncomingFile> {
    const path = join(this.#folder, 'incoming', randomUUID())
    const drop = (): Promise<void> => this.#files.rm(path, { force: true }).catch(() => {})
    try {
      const written = await this.#write(path, source, maxBytes)
      return {
        path,
        ...written,
        keep: () => storing(() => this.#keep(path, written.hash)),
        [Symbol.asyncDispose]: drop,
      }
    } catch (error) {
      await drop()
      throw error
    }
  }

  /** Keeps these bytes. What is there already is not written again. @returns their hash. */
  async put(bytes: Uint8Array): Promise<string> {
    const hash = createHash('sha256')
    for await (const piece of pieces(bytes)) hash.update(piece)
    const known = hash.digest('hex')
    if (await this.#touch(known)) return known
    await using incoming = await this.receive(pieces(bytes), { maxBytes: Infinity })
    await incoming.keep()
    return incoming.hash
  }

  /** @throws AppError `not_found` */
  async read(hash: string): Promise<Buffer> {
    return await this.#files.readFile(this.pathOf(hash)).catch((error: unknown) => {
      if (isMissing(error)) throw new AppError('not_found', `The file ${hash} is not in the media folder`)
      throw storageError(error)
    })
  }

  /** The first bytes of a file. @returns undefined if it is not there. */
  head(hash: string, lengthBytes: number): Promise<FileHead | undefined> {
    return this.headAt(this.pathOf(hash), lengthBytes)
  }

  /** The same, of a file that is not in its place yet. */
  async headAt(path: string, lengthBytes: number): Promise<FileHead | undefined> {
    try {
      await using file = await opened(this.#files, path)
      const { size } = await file.handle.stat()
      const bytes = Buffer.alloc(Math.min(size, lengthBytes))
      const { bytesRead } = await file.handle.read(bytes, 0, bytes.length, 0)
      return { head: bytes.subarray(0, bytesRead), sizeBytes: size }
    } catch (error) {
      if (isMissing(error)) return undefined
      throw storageError(error)
    }
  }

  /** Those that were kept before this moment, and not once more since. */
  async olderThan(moment: Date): Promise<string[]> {
    const old: string[] = []
    for (const shelf of await this.#names(this.#folder)) {
      if (!/^[0-9a-f]{2}$/.test(shelf)) continue
      for (const name of await this.#names(join(this.#folder, shelf))) {
        if (/^[0-9a-f]{64}$/.test(name) && (await this.#isOlder(this.pathOf(name), moment))) old.push(name)
      }
    }
    return old
  }

  /** @returns whether it was removed: what has been kept once more since that moment stays. */
  async remove(hash: string, moment: Date): Promise<boolean> {
    if (!(await this.#isOlder(this.pathOf(hash), moment))) return false
    await storing(() => this.#files.rm(this.pathOf(hash), { force: true }))
    return true
  }

  /** Removes what was being received when this process, or the one before, ended. */
  async dropIncoming(before: Date): Promise<void> {
    const folder = join(this.#folder, 'incoming')
    for (const name of await this.#names(folder)) {
      const path = join(folder, name)
      if (await this.#isOlder(path, before)) await this.#files.rm(path, { force: true })
    }
  }

  async #names(folder: string): Promise<string[]> {
    return await this.#files.readdir(folder).catch(() => [])
  }

  async #isOlder(path: string, moment: Date): Promise<boolean> {
    const found = await this.#files.stat(path).catch(() => undefined)
    return found !== undefined && found.mtime < moment
  }

  async #write(
    path: string,
    source: AsyncIterable<Uint8Array>,
    maxBytes: number,
  ): Promise<{ hash: string; sizeBytes: number }> {
    const hash = createHash('sha256')
    let sizeBytes = 0
    await storing(() => this.#files.mkdir(dirname(path), { recursive: true }))
    await using file = await storing(() => opened(this.#files, path, 'wx'))
    for await (const piece of source) {
      sizeBytes += piece.length
      if (sizeBytes > maxBytes) throw tooLarge(maxBytes)
      hash.update(piece)
      await storing(() => file.handle.writeFile(piece))
    }
    return { hash: hash.digest('hex'), sizeBytes }
  }

  async #keep(path: string, hash: string): Promise<void> {
    const place = this.pathOf(hash)
    if (await this.#touch(hash)) return
    await this.#files.mkdir(dirname(place), { recursive: true })
    await this.#sync(path)
    await this.#files.rename(path, place)
  }

  /** What is put once more is wanted once more: the sweep looks at the time. @returns whether it is there. */
  async #touch(hash: string): Promise<boolean> {
    const now = new Date()
    return await this.#files.utimes(this.pathOf(hash), now, now).then(
      () => true,
      () => false,
    )
  }

  /** Only what is kept has to survive a power cut. */
  async #sync(path: string): Promise<void> {
    await using file = await opened(this.#files, path)
    await file.handle.datasync()
  }
}

export interface FileHead {
  readonly head: Buffer
  readonly sizeBytes: number
}

interface OpenFile extends AsyncDisposable {
  readonly handle: nodeFiles.FileHandle
}

/** On Node 20 a file handle cannot be disposed of by itself. */
async function opened(files: Files, path: string, flags = 'r'): Promise<OpenFile> {
  const handle = await files.open(path, flags)
  return { handle, [Symbol.asyncDispose]: () => handle.close() }
}

/** @throws AppError `storage_failed` with a sentence that says what to do */
async function storing<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write()
  } catch (error) {
    throw storageError(error)
  }
}

/** What a disk says, in words. */
function storageError(error: unknown): AppError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const sentence =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'The disk is full: the file was not kept; make room and try again'
      : 'The file could not be kept: the media folder cannot be written to or read'
  return new AppError('storage_failed', sentence, { cause: error })
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function tooLarge(maxBytes: number): AppError {
  const megabytes = Math.floor(maxBytes / 1024 / 1024)
  return new AppError(
    'invalid',
    `The file is larger than ${megabytes} MiB, which is as large as a file may be`,
  )
}

/** With a turn of the event loop between two of them. */
async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    yield bytes.subarray(at, at + PIECE_BYTES)
    await macrotask()
  }
}
