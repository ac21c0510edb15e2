import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import yazl from 'yazl'
import { RUNNERS_FILE } from '../config-sources.ts'
import { AppError } from '../errors.ts'
import { type Clock } from '../lib/clock.ts'
import { type Store } from '../store/contract.ts'
import {
  type BackupFile,
  DATABASE_FILE,
  MANIFEST_FILE,
  manifestOf,
  MEDIA_PATH,
  SETTINGS_FILE,
} from './manifest.ts'
import { runnersWithoutKeys } from './runners-without-keys.ts'
import { withoutKeys } from './settings-without-keys.ts'

/** Fast rather than small: what is large is pictures, which do not become smaller. */
const DATABASE_COMPRESSION = 1

const MEDIA = 'media/'

export interface BackupDeps {
  readonly store: Pick<Store, 'copyTo'>
  readonly dataDir: string
  readonly mediaFolder: string
  /** The path of `troupe.config.json`. */
  readonly settingsFile: string
  readonly version: string
  readonly clock: Pick<Clock, 'date'>
}

export interface Backup {
  readonly fileName: string
  /** Nothing of it stays on the disk once it ends, whoever ends it. */
  readonly content: Readable
  /** Before packing: it becomes smaller than that. */
  readonly sizeBytes: number
}

/**
 * Everything as one ZIP, as it is at this moment: the database is copied first, and the copy packed, so that whatever
 * is said meanwhile does no harm.
 * @throws AppError `storage_failed` if there is no room for the copy.
 */
export async function writeBackup(deps: BackupDeps): Promise<Backup> {
  const folder = join(deps.dataDir, `backup-${randomUUID()}.tmp`)
  const clean = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    await mkdir(folder, { recursive: true })
    return await packed(deps, { folder, clean })
  } catch (error) {
    await clean()
    throw error instanceof AppError
      ? error
      : new AppError('storage_failed', 'Cannot make a backup: the data directory cannot be read or written', {
          cause: error,
        })
  }
}

async function packed(
  deps: BackupDeps,
  { folder, clean }: { folder: string; clean: () => Promise<void> },
): Promise<Backup> {
  const copy = join(folder, DATABASE_FILE)
  const { hash, inspected } = await deps.store.copyTo(copy)
  const database = { path: DATABASE_FILE, bytes: (await stat(copy)).size, sha256: hash }
  // After the database: what its rows refer to is there by now.
  const media = await mediaIn(deps.mediaFolder)
  const texts = [
    ...(await textIn(deps.settingsFile, { name: SETTINGS_FILE, cleaned: withoutKeys })),
    ...(await textIn(join(deps.dataDir, RUNNERS_FILE), { name: RUNNERS_FILE, cleaned: runnersWithoutKeys })),
  ]
  const files = [database, ...texts.map(({ file }) => file), ...media]
  const created_at = deps.clock.date().toISOString()
  const manifest = manifestOf(files, { app_version: deps.version, created_at, contents: inspected })

  const zip = new yazl.ZipFile()
  const content = new PassThrough()
  zip.outputStream.pipe(content)
  zip.on('error', (error: Error) => content.destroy(error))
  content.once('close', () => void clean())
  zip.addBuffer(Buffer.from(JSON.stringify(manifest)), MANIFEST_FILE)
  for (const { file, bytes } of texts) zip.addBuffer(bytes, file.path)
  zip.addFile(copy, DATABASE_FILE, { compressionLevel: DATABASE_COMPRESSION })
  for (const { path } of media)
    zip.addFile(join(deps.mediaFolder, path.slice(MEDIA.length)), path, { compress: false })
  zip.end()
  const sizeBytes = files.reduce((sum, { bytes }) => sum + bytes, 0)
  return { fileName: `troupe-backup-${created_at.slice(0, 10)}.zip`, content, sizeBytes }
}

/** Files that were taken in; what is on its way or can be made again is left out. */
async function mediaIn(folder: string): Promise<BackupFile[]> {
  const files: BackupFile[] = []
  for (const part of (await namesIn(folder)).filter((name) => /^[0-9a-f]{2}$/u.test(name))) {
    for (const sha256 of await namesIn(join(folder, part))) {
      const path = `${MEDIA}${part}/${sha256}`
      if (!MEDIA_PATH.test(path)) continue
      files.push({ path, bytes: (await stat(join(folder, part, sha256))).size, sha256 })
    }
  }
  return files
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch((): string[] => [])).toSorted()
}

interface TextFile {
  readonly file: BackupFile
  readonly bytes: Buffer
}

/** Nothing, if it is not there, or is not what it should be: keys in it could not be found then. */
async function textIn(
  path: string,
  { name, cleaned }: { name: string; cleaned: (text: string) => string | undefined },
): Promise<TextFile[]> {
  const text = cleaned(await readFile(path, 'utf8').catch(() => ''))
  if (text === undefined) return []
  const bytes = Buffer.from(text)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return [{ file: { path: name, bytes: bytes.length, sha256 }, bytes }]
}
