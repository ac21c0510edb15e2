import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { CONFIG_FILE, RUNNERS_FILE } from '../config-sources.ts'
import { AppError } from '../errors.ts'
import { syncToDisk } from '../store/sqlite/flush.ts'
import { holdLock } from '../store/sqlite/lock.ts'
import { DATABASE_FILE, SETTINGS_FILE } from './manifest.ts'
import { appliedFile, BEFORE, MEDIA_FOLDER, pendingFolder, restoreFolder, STAGED_FILE } from './places.ts'
import { runnersWithKeysOf } from './runners-without-keys.ts'
import { withKeysOf } from './settings-without-keys.ts'

const Staged = z.object({ at: z.iso.datetime() })
const Applied = z.object({ before: z.string() })
const KEPT_COPIES = 3

interface TextFile {
  /** In the data directory. */
  readonly name: string
  readonly inBackup: string
  /** Those that are known here, put into what comes from the backup. */
  readonly withKeys: (backup: string, present: string | undefined) => string
}
/** What people write; keys in it are not in backups. */
const TEXT_FILES: readonly TextFile[] = [
  { name: CONFIG_FILE, inBackup: SETTINGS_FILE, withKeys: withKeysOf },
  { name: RUNNERS_FILE, inBackup: RUNNERS_FILE, withKeys: runnersWithKeysOf },
]

/** What belongs to a database file. */
const DATABASE_PARTS = [`${DATABASE_FILE}-wal`, `${DATABASE_FILE}-shm`, DATABASE_FILE]

/**
 * Puts a backup that is waiting in the place of the data, if there is one; the data of before are kept in a folder of
 * their own. Only renames: if the machine stops in the middle, the next call goes on where this one was.
 * @returns whether there was one.
 * @throws AppError `storage_failed` if another Troupe is using the data, or the disk refuses.
 */
export async function settleRestore(dataDir: string): Promise<boolean> {
  const pending = pendingFolder(dataDir)
  if (!existsSync(join(pending, STAGED_FILE))) return false
  using _lock = holdLock(join(dataDir, DATABASE_FILE))
  try {
    const { at } = Staged.parse(JSON.parse(await readFile(join(pending, STAGED_FILE), 'utf8')))
    const before = `${BEFORE}${at.replaceAll(/[:.]/gu, '-')}`
    await mkdir(join(dataDir, before), { recursive: true })
    await writeFile(appliedFile(dataDir), JSON.stringify({ before }))
    for (const file of TEXT_FILES) await settleText(dataDir, { before, file })
    await swap(dataDir, { before, parts: [MEDIA_FOLDER] })
    await swap(dataDir, { before, parts: DATABASE_PARTS })
    await rm(pending, { recursive: true })
    await syncToDisk(dataDir)
    await removeOldCopies(dataDir)
    return true
  } catch (error) {
    throw failed('put the backup in place', error)
  }
}

/** The last of the parts is what the others belong to: as long as it waits, this is not done. */
async function swap(
  dataDir: string,
  { before, parts }: { before: string; parts: readonly string[] },
): Promise<void> {
  const pending = pendingFolder(dataDir)
  const main = parts.at(-1) ?? ''
  if (main === MEDIA_FOLDER) await mkdir(join(pending, main), { recursive: true })
  if (!existsSync(join(pending, main))) return
  for (const part of parts) {
    // Of a call that was cut off: what is there already is the older one.
    if (existsSync(join(dataDir, part)) && !existsSync(join(dataDir, before, part))) {
      await rename(join(dataDir, part), join(dataDir, before, part))
    }
  }
  await rename(join(pending, main), join(dataDir, main))
}

async function settleText(
  dataDir: string,
  { before, file: { name, inBackup, withKeys } }: { before: string; file: TextFile },
): Promise<void> {
  const waiting = join(pendingFolder(dataDir), inBackup)
  if (!existsSync(waiting)) return
  const place = join(dataDir, name)
  const present = await readFile(place, 'utf8').catch(() => undefined)
  if (present !== undefined) await writeFile(join(dataDir, before, name), present, { mode: 0o600 })
  const merged = withKeys(await readFile(waiting, 'utf8'), present)
  await writeFile(`${place}.tmp`, merged, { mode: 0o600 })
  await rename(`${place}.tmp`, place)
  await rm(waiting)
}

/** The restored data were opened without trouble. */
export async function confirmRestore(dataDir: string): Promise<void> {
  await rm(appliedFile(dataDir), { force: true })
}

/**
 * Puts the data of before back, because what was restored cannot be opened.
 * @returns whether something had been restored.
 */
export async function undoRestore(dataDir: string): Promise<boolean> {
  const text = await readFile(appliedFile(dataDir), 'utf8').catch(() => undefined)
  if (text === undefined) return false
  try {
    const { before } = Applied.parse(JSON.parse(text))
    const failedFolder = join(restoreFolder(dataDir), 'failed')
    await rm(failedFolder, { recursive: true, force: true })
    await mkdir(failedFolder, { recursive: true })
    const texts = TEXT_FILES.map(({ name }) => name)
    for (const part of [...DATABASE_PARTS, MEDIA_FOLDER, ...texts]) {
      const kept = join(dataDir, before, part)
      // Settings are only there if there were some, and the database only if it was not the first.
      if (texts.includes(part) && !existsSync(kept)) continue
      if (existsSync(join(dataDir, part))) await rename(join(dataDir, part), join(failedFolder, part))
      if (existsSync(kept)) await rename(kept, join(dataDir, part))
    }
    await confirmRestore(dataDir)
    return true
  } catch (error) {
    throw failed('put the data of before back', error)
  }
}

/** Forgets a backup that is waiting. @returns whether there was one. */
export async function discardRestore(dataDir: string): Promise<boolean> {
  const isThere = existsSync(pendingFolder(dataDir))
  await rm(pendingFolder(dataDir), { recursive: true, force: true })
  return isThere
}

async function removeOldCopies(dataDir: string): Promise<void> {
  const copies = (await readdir(dataDir)).filter((name) => name.startsWith(BEFORE)).toSorted()
  for (const old of copies.slice(0, -KEPT_COPIES)) await rm(join(dataDir, old), { recursive: true })
}

function failed(action: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new AppError('storage_failed', `Cannot ${action}: ${reason}`, { cause })
}
