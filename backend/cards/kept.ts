import { isObject } from './json/values.ts'
import { type Path, type Report } from './report.ts'

/** The paths that are known, by their steps; `true`: all below is. */
type Known = Map<string, Known | true>

const tries = new WeakMap<readonly Path[], Known>()

/** Notes what nobody reads: it stays in the file, and goes out with it again. */
export function noteKept(raw: unknown, known: readonly Path[], where: { report: Report; path: Path }): void {
  const trie = tries.get(known) ?? trieOf(known)
  tries.set(known, trie)
  noteUnknown(raw, trie, where)
}

function noteUnknown(raw: unknown, known: Known, { report, path }: { report: Report; path: Path }): void {
  if (!isObject(raw)) return
  for (const key of Object.keys(raw)) {
    const below = known.get(key)
    if (below === true) continue
    if (below) noteUnknown(raw[key], below, { report, path: [...path, key] })
    else report.kept([...path, key])
  }
}

function trieOf(paths: readonly Path[]): Known {
  const root: Known = new Map()
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

function descend(node: Known, step: string): Known {
  const below = node.get(step)
  if (below instanceof Map) return below
  const created: Known = new Map()
  node.set(step, created)
  return created
}
