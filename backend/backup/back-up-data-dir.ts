import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CONFIG_FILE } from '../config-sources.ts'
import { AppError } from '../errors.ts'
import { systemClock } from '../lib/clock.ts'
import { ownVersion } from '../version.ts'
import { DATABASE_FILE } from './manifest.ts'
import { openData } from './open-data.ts'
import { MEDIA_FOLDER } from './places.ts'
import { type Backup, writeBackup } from './write-backup.ts'

/**
 * Everything in a data directory that nobody uses, as one ZIP. The data are held until it is disposed of.
 * @throws AppError `storage_failed` if there are none, or they cannot be opened.
 */
export async function backUpDataDir(
  dataDir: string,
  onNotice: (sentence: string) => void,
): Promise<Backup & AsyncDisposable> {
  if (!existsSync(join(dataDir, DATABASE_FILE))) {
    throw new AppError('storage_failed', `There is nothing in ${dataDir} yet; choose another with --data-dir`)
  }
  const clock = systemClock
  const store = await openData(dataDir, { clock, onNotice })
  const backup = await writeBackup({
    store,
    dataDir,
    mediaFolder: join(dataDir, MEDIA_FOLDER),
    settingsFile: join(dataDir, CONFIG_FILE),
    version: ownVersion(),
    clock,
  }).catch(async (error: unknown) => {
    await store[Symbol.asyncDispose]()
    throw error
  })
  return { ...backup, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() }
}
