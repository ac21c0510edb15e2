import { constants, type Stats } from 'node:fs'
import { lstat, open, readdir, realpath, type FileHandle } from 'node:fs/promises'
import { isAbsolute, join, relative, win32 } from 'node:path'
import { AppError } from '../errors.ts'

/** A text that is longer is none to be read out in a conversation. */
const MAX_FILE_BYTES = 1_000_000
/** Neither the last step of a path may be swapped for a link, nor may opening a pipe wait for its writer. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'])

export interface Found {
  /** With all links followed: what is below the allowed folder in truth. */
  readonly path: string
  readonly isFolder: boolean
  readonly stats: Stats
}

/**
 * What stands at a path below a folder.
 * @param path relative, as a model wrote it.
 * @returns undefined if there is nothing.
 * @throws AppError `forbidden` if the path leaves the folder, by itself or by a link, or leads to something hidden.
 */
export async function findIn(folder: string, path: string): Promise<Found | undefined> {
  checkPath(path)
  const root = await realIfThere(folder)
  const real = root === undefined ? undefined : await realIfThere(join(folder, path))
  if (root === undefined || real === undefined) return undefined
  const inside = relative(root, real)
  if (inside.startsWith('..') || isAbsolute(inside)) throw leadsOut(path)
  if (isHidden(inside)) throw hidden(path)
  const stats = await lstat(real)
  if (!stats.isFile() && !stats.isDirectory())
    throw new AppError('forbidden', `"${path}" is neither a file nor a folder`)
  return { path: real, isFolder: stats.isDirectory(), stats }
}

/** Names of what is in a folder, in order; those of folders end with a slash. Hidden ones are left out. */
export async function listFolder(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true })
  return entries
    .filter((entry) => !entry.name.startsWith('.'))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .toSorted((one, other) => one.localeCompare(other))
}

/** @throws AppError `forbidden` if it is another file by now, `invalid` if it is too large or no UTF-8 text. */
export async function readText(found: Found, signal: AbortSignal): Promise<string> {
  if (found.stats.size > MAX_FILE_BYTES) throw tooLarge()
  const handle = await opened(found.path)
  try {
    await checkSame(handle, found)
    return textOf(await bytesOf(handle, signal))
  } finally {
    await handle.close()
  }
}

function checkPath(path: string): void {
  if (path.includes('\0')) throw new AppError('invalid', 'A path has no zero characters in it')
  if (isAbsolute(path) || win32.isAbsolute(path) || /^[a-z]:/i.test(path)) {
    throw new AppError('forbidden', `"${path}" is an absolute path; give one that begins in the folder`)
  }
  const steps = path.split(/[\\/]/)
  if (steps.includes('..')) throw leadsOut(path)
  if (isHidden(path)) throw hidden(path)
}

/** Names with a dot hold settings and secrets. */
function isHidden(path: string): boolean {
  return path.split(/[\\/]/).some((step) => step.startsWith('.') && step !== '.')
}

/** Between looking and opening someone may have put something else there. */
async function checkSame(handle: FileHandle, { path, stats }: Found): Promise<void> {
  const now = await handle.stat()
  const isSame =
    now.isFile() && now.ino === stats.ino && now.dev === stats.dev && (await realIfThere(path)) === path
  if (!isSame) throw new AppError('forbidden', 'The file was exchanged while it was opened')
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, OPEN_FLAGS)
  } catch (cause) {
    throw new AppError('forbidden', 'The file may not be read', { cause })
  }
}

/** Reads no further than is allowed, even if the file grows meanwhile. */
async function bytesOf(handle: FileHandle, signal: AbortSignal): Promise<Buffer> {
  const buffer = Buffer.alloc(MAX_FILE_BYTES + 1)
  let sizeBytes = 0
  while (sizeBytes <= MAX_FILE_BYTES) {
    signal.throwIfAborted()
    const { bytesRead } = await handle.read(buffer, sizeBytes, buffer.length - sizeBytes, sizeBytes)
    if (bytesRead === 0) return buffer.subarray(0, sizeBytes)
    sizeBytes += bytesRead
  }
  throw tooLarge()
}

function textOf(bytes: Buffer): string {
  if (bytes.includes(0)) throw notText()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll('\r\n', '\n')
  } catch (cause) {
    throw notText(cause)
  }
}

async function realIfThere(path: string): Promise<string | undefined> {
  try {
    return await realpath(path)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && ABSENT.has(String(cause.code))) return undefined
    throw new AppError('forbidden', 'The path may not be read', { cause })
  }
}

function leadsOut(path: string): AppError {
  return new AppError('forbidden', `"${path}" leads out of the folder`)
}

function hidden(path: string): AppError {
  return new AppError('forbidden', `"${path}" is hidden, and hidden files are not read`)
}

function tooLarge(): AppError {
  return new AppError('invalid', `The file is larger than ${MAX_FILE_BYTES / 1_000} kB`)
}

function notText(cause?: unknown): AppError {
  return new AppError('invalid', 'The file is not UTF-8 text', { cause })
}
