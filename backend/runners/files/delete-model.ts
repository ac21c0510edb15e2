import { realpath, rm, rmdir } from 'node:fs/promises'
import { dirname, relative, sep } from 'node:path'
import { AppError } from '../../errors.ts'
import { allParts } from '../../lib/gguf/parts.ts'

/**
 * Deletes a model with all its parts. Of a link only the link: what it leads to belongs to somebody else. Folders that
 * are empty then go, too.
 * @param folder Troupe's own; what lies elsewhere is not touched.
 * @throws AppError `invalid`, `storage_failed`
 */
export async function deleteModel(path: string, folder: string): Promise<void> {
  const [root, home] = await Promise.all([folder, dirname(path)].map(realOf))
  if (root === undefined || home === undefined || !isWithin(home, root)) {
    throw new AppError(
      'invalid',
      `Troupe deletes only what lies in its own folder ${folder}; delete ${path} by other means`,
    )
  }
  try {
    for (const part of allParts(path)) await rm(part, { force: true })
  } catch (cause) {
    throw new AppError('storage_failed', `Cannot delete ${path}; look at its permissions`, { cause })
  }
  await removeEmptyFolders(home, root)
}

async function removeEmptyFolders(from: string, root: string): Promise<void> {
  try {
    for (let folder = from; folder !== root; folder = dirname(folder)) await rmdir(folder)
  } catch {
    // There is something in it.
  }
}

function isWithin(path: string, root: string): boolean {
  const way = relative(root, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`))
}

function realOf(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined)
}
