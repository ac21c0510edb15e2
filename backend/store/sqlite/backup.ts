import { readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type BetterSqlite3 from 'better-sqlite3'
import { syncToDisk } from './flush.ts'

const KEPT_BACKUPS = 3

/**
 * Copies the database beside itself as `<file>.backup-<date>` and keeps the newest three such copies.
 * A copy that was not finished never bears that name.
 * @returns the path of the copy.
 */
export async function backUp(sqlite: BetterSqlite3.Database, date: Date): Promise<string> {
  const backup = `${sqlite.name}.backup-${date.toISOString().replaceAll(':', '-')}`
  const unfinished = `${backup}.unfinished`
  await rm(unfinished, { force: true })
  sqlite.prepare('VACUUM INTO ?').run(unfinished)
  await syncToDisk(unfinished)
  await rename(unfinished, backup)
  await syncToDisk(dirname(backup))
  await removeOldBackups(sqlite.name)
  return backup
}

/** Finished copies, oldest first. */
export async function backupsOf(file: string): Promise<string[]> {
  const folder = dirname(file)
  const names = await readdir(folder)
  return names
    .filter((name) => name.startsWith(`${basename(file)}.backup-`) && !name.endsWith('.unfinished'))
    .toSorted()
    .map((name) => join(folder, name))
}

async function removeOldBackups(file: string): Promise<void> {
  const backups = await backupsOf(file)
  for (const old of backups.slice(0, -KEPT_BACKUPS)) await rm(old, { force: true })
}
