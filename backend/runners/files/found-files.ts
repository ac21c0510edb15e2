import { realpath, stat } from 'node:fs/promises'
import { glob } from 'tinyglobby'

export interface FoundFile {
  readonly path: string
  readonly sizeBytes: number
  readonly modifiedAt: Date
}

/** Caches of other programs are this deep: `models--owner--name/snapshots/<hash>/sub/file.gguf`. */
const MAX_DEPTH = 8

/**
 * Every GGUF file in these folders and theirs, links followed, each once, in the order of their paths. Folders that
 * are not there, and files that vanish meanwhile, are passed over.
 */
export async function findGgufFiles(
  folders: readonly string[],
  signal: AbortSignal,
): Promise<readonly FoundFile[]> {
  const byRealPath = new Map<string, FoundFile>()
  for (const folder of folders) {
    const paths = await glob('**/*.gguf', {
      cwd: folder,
      absolute: true,
      caseSensitiveMatch: false,
      deep: MAX_DEPTH,
      followSymbolicLinks: true,
      signal,
    })
    for (const path of paths.toSorted()) {
      signal.throwIfAborted()
      const found = await lookAt(path)
      if (found && !byRealPath.has(found.realPath)) byRealPath.set(found.realPath, found.file)
    }
  }
  return [...byRealPath.values()]
}

async function lookAt(path: string): Promise<{ realPath: string; file: FoundFile } | undefined> {
  try {
    const realPath = await realpath(path)
    const stats = await stat(realPath)
    if (!stats.isFile()) return undefined
    return { realPath, file: { path, sizeBytes: stats.size, modifiedAt: stats.mtime } }
  } catch {
    return undefined // A link to nowhere, or deleted in this moment.
  }
}
