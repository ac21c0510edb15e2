import { join } from 'node:path'

/** Where things lie in a data directory. */

/** A backup on its way in: unpacked and looked through, and put in its place at the next start. */
export const restoreFolder = (dataDir: string): string => join(dataDir, 'restore')
/** Whole and verified, as soon as there is a folder of this name. */
export const pendingFolder = (dataDir: string): string => join(restoreFolder(dataDir), 'pending')
/** Says that a backup was put in place and has not proved itself yet. */
export const appliedFile = (dataDir: string): string => join(restoreFolder(dataDir), 'applied.json')

export const MEDIA_FOLDER = 'media'
/** In the pending folder: when it was staged, which names the folder that the data of before are kept in. */
export const STAGED_FILE = 'staged.json'
/** `before-restore-2026-11-21T20-00-00-000Z` */
export const BEFORE = 'before-restore-'
