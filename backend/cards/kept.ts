import { isObject } from './json/values.ts'
import { type Path, type Report } from './report.ts'

/** The paths that are known, by their steps; `true`: all below is. */
export type KnownPaths = Map<string, KnownPaths | true>

/** Notes what nobody reads: it stays in the file, and goes out with it again. */
export function noteKept(
  raw: unknown,
  known: KnownPaths,
  { report, path }: { readonly report: Report; readonly path: Path },
): void {
  if (!isObject(raw)) return
  for (const key of Object.keys(raw)) {
    const below = known.get(key)
    if (below === true) continue
    if (below) noteKept(raw[key], below, { report, path: [...path, key] })
    else report.kept([...path, key])
  }
}

/** The paths that are known, ready to be asked. */
export function knownPaths(paths: readonly Path[]): KnownPaths {
  const root: KnownPaths = new Map()
  for (const path of paths) {
    let node = root
    for (const [index, step] of path.entries()) {
      const below = node.get(String(step))
      if (below === true) break
      if (index === path.length - 1) node.set(String(step), true)
      else node = descend(node, String(step))
    }
  }
  return root
}

function descend(node: KnownPaths, step: string): KnownPaths {
  const below = node.get(step)
  if (below instanceof Map) return below
  const created: KnownPaths = new Map()
  node.set(step, created)
  return created
}
