import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BUILT = join(ROOT, 'frontend/dist/index.html')
const SOURCES = ['frontend/src', 'frontend/index.html', 'frontend/vite.config.ts', 'shared']

/** Builds the pages if they are missing or older than what they are made of. */
export async function ensureBuiltUi(): Promise<void> {
  const newestMs = Math.max(...SOURCES.map((path) => changedMs(join(ROOT, path))))
  const builtMs = statSync(BUILT, { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (builtMs > newestMs) return
  await build({ root: join(ROOT, 'frontend'), logLevel: 'warn' })
}

/** When the newest file at or below `path` was changed. */
function changedMs(path: string): number {
  const stats = statSync(path)
  if (!stats.isDirectory()) return stats.mtimeMs
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' })
  return Math.max(stats.mtimeMs, ...files.map((file) => statSync(join(path, file)).mtimeMs))
}
