import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import { AppError } from '../errors.ts'
import { syncToDisk } from '../store/sqlite/flush.ts'
import { checkDatabase } from '../store/sqlite/database-jobs.ts'
import { type BackupFile, DATABASE_FILE, type Manifest, MANIFEST_FILE, readManifest } from './manifest.ts'
import { pendingFolder, restoreFolder, STAGED_FILE } from './places.ts'

const MAX_MANIFEST_BYTES = 1024 * 1024 * 1024

/**
 * Unpacks a backup beside the data and verifies all of it: every file is there, as large as it should be and with the
 * content it should have; the database is whole, ours, and not of a newer Troupe. The data are not touched. It is put
 * in their place at the next start (`settleRestore`).
 * @param zipPath the backup.
 * @throws AppError `invalid` that says what is wrong with it: nothing is left behind then.
 */
export async function stageRestore(dataDir: string, zipPath: string, date: Date): Promise<Manifest> {
  const folder = join(restoreFolder(dataDir), `unpacked-${randomUUID()}`)
  try {
    await mkdir(folder, { recursive: true })
    const manifest = await unpacked(zipPath, folder)
    await checkDatabase(join(folder, DATABASE_FILE))
    await writeFile(join(folder, STAGED_FILE), JSON.stringify({ at: date.toISOString() }))
    await rm(pendingFolder(dataDir), { recursive: true, force: true })
    await rename(folder, pendingFolder(dataDir))
    await syncToDisk(restoreFolder(dataDir))
    return manifest
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw explained(error)
  }
}

async function unpacked(zipPath: string, folder: string): Promise<Manifest> {
  const zip = await yauzl.openPromise(zipPath, { lazyEntries: true, autoClose: false })
  try {
    const entries = await entriesOf(zip)
    const manifest = readManifest(await manifestText(zip, entries.get(MANIFEST_FILE)))
    if (entries.size !== manifest.files.length + 1) throw broken('it holds other files than it lists')
    for (const file of manifest.files) {
      const entry = entries.get(file.path)
      if (!entry || entry.uncompressedSize !== file.bytes) throw broken(`${file.path} is missing or cut off`)
      await unpack(zip, entry, { file, folder })
    }
    return manifest
  } finally {
    zip.close()
  }
}

async function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>()
  for await (const entry of zip.eachEntry()) {
    if (entries.has(entry.fileName)) throw broken(`it holds ${entry.fileName} twice`)
    entries.set(entry.fileName, entry)
  }
  return entries
}

async function manifestText(zip: ZipFile, entry: Entry | undefined): Promise<string> {
  if (!entry || entry.uncompressedSize > MAX_MANIFEST_BYTES) {
    throw new AppError('invalid', 'It is a ZIP, but no backup of Troupe')
  }
  const bytes = await buffer(await zip.openReadStreamPromise(entry))
  // It vouches for all other files; nothing but the archive vouches for it.
  if (crc32(bytes) !== entry.crc32) throw broken('its list of files is not what it was')
  return bytes.toString('utf8')
}

async function unpack(
  zip: ZipFile,
  entry: Entry,
  { file, folder }: { file: BackupFile; folder: string },
): Promise<void> {
  // The path is one of the few that a manifest may hold: it leads nowhere else.
  const path = join(folder, file.path)
  await mkdir(dirname(path), { recursive: true })
  const hash = createHash('sha256')
  const hashing = new Transform({
    transform(piece: Buffer, _encoding, done) {
      hash.update(piece)
      done(null, piece)
    },
  })
  await pipeline(await zip.openReadStreamPromise(entry), hashing, createWriteStream(path, { flags: 'wx' }))
  if (hash.digest('hex') !== file.sha256) throw broken(`${file.path} is not what it was`)
  await syncToDisk(path)
}

function broken(reason: string): AppError {
  return new AppError('invalid', `The backup is damaged: ${reason}. Nothing was changed`)
}

function explained(error: unknown): AppError {
  if (error instanceof AppError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('storage_failed', 'The disk is full: there is no room to unpack the backup', {
      cause: error,
    })
  }
  // Of the operating system; what yauzl and zlib say is about the file.
  if (/^E[A-Z]+$/u.test(code)) {
    return new AppError(
      'storage_failed',
      'The backup cannot be unpacked: the data directory cannot be written',
      {
        cause: error,
      },
    )
  }
  return new AppError(
    'invalid',
    'The file is no backup of Troupe, or it is damaged or cut off. Nothing was changed',
    { cause: error },
  )
}
