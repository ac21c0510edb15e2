import { EdgeTable } from './edge-table.ts'

/** Calls back for every place where a key stands: its number, where it begins, and where it ends. */
export type KeyFound = (key: number, start: number, end: number) => void

/**
 * Finds all of many keys in one pass over a text (Aho and Corasick 1975). Works on UTF-16 units; what a whole word is
 * decides the caller.
 */
export class Automaton {
  readonly #edges: EdgeTable
  readonly #lengths: Int32Array
  /** Per node: which key ends here, or -1. */
  readonly #keyAt: Int32Array
  /** Per node: the node of its longest proper suffix. */
  readonly #suffix: Int32Array
  /** Per node: the next node along the suffixes at which a key ends, or 0. */
  readonly #nextKey: Int32Array

  /** @param keys distinct and not empty. */
  constructor(keys: readonly string[]) {
    const most = keys.reduce((sum, { length }) => sum + length, 1)
    this.#edges = new EdgeTable(most)
    this.#lengths = Int32Array.from(keys, ({ length }) => length)
    this.#keyAt = new Int32Array(most).fill(-1)
    this.#suffix = new Int32Array(most)
    this.#nextKey = new Int32Array(most)
    const trie = newTrie(most)
    keys.forEach((key, number) => this.#add(trie, key, number))
    for (const node of byDepth(trie)) this.#link(trie, node)
  }

  scan(text: string, found: KeyFound): void {
    let node = 0
    for (let index = 0; index < text.length; index += 1) {
      node = this.#step(node, text.charCodeAt(index))
      for (let at = this.#endsAt(node); at !== 0; at = this.#nextKey[at] ?? 0) {
        const key = this.#keyAt[at] ?? -1
        found(key, index + 1 - (this.#lengths[key] ?? 0), index + 1)
      }
    }
  }

  #add(trie: Trie, key: string, number: number): void {
    let node = 0
    for (let index = 0; index < key.length; index += 1) {
      const letter = key.charCodeAt(index)
      let next = this.#edges.get(node, letter)
      if (next === 0) {
        next = trie.size
        trie.size += 1
        this.#edges.set(node, letter, next)
        trie.parents[next] = node
        trie.letters[next] = letter
        trie.depths[next] = index + 1
      }
      node = next
    }
    this.#keyAt[node] = number
  }

  #link({ parents, letters }: Trie, node: number): void {
    if (node === 0) return
    const parent = parents[node] ?? 0
    const suffix = parent === 0 ? 0 : this.#step(this.#suffix[parent] ?? 0, letters[node] ?? 0)
    this.#suffix[node] = suffix
    this.#nextKey[node] = this.#endsAt(suffix)
  }

  #step(from: number, letter: number): number {
    let node = from
    let next = this.#edges.get(node, letter)
    while (next === 0 && node !== 0) {
      node = this.#suffix[node] ?? 0
      next = this.#edges.get(node, letter)
    }
    return next
  }

  /** The node itself if a key ends at it, else the next one at which one does. */
  #endsAt(node: number): number {
    return (this.#keyAt[node] ?? -1) >= 0 ? node : (this.#nextKey[node] ?? 0)
  }
}

/** The tree of the keys while it grows; node 0 is its root. */
interface Trie {
  size: number
  readonly parents: Int32Array
  readonly letters: Int32Array
  readonly depths: Int32Array
}

function newTrie(most: number): Trie {
  const [parents, letters, depths] = [new Int32Array(most), new Int32Array(most), new Int32Array(most)]
  return { size: 1, parents, letters, depths }
}

/** The nodes level by level: sorted by counting. */
function byDepth({ size, depths }: Trie): Int32Array {
  const deepest = depths.reduce((most, depth) => Math.max(most, depth), 0)
  const starts = new Int32Array(deepest + 2)
  for (let node = 0; node < size; node += 1) {
    const next = (depths[node] ?? 0) + 1
    starts[next] = (starts[next] ?? 0) + 1
  }
  for (let depth = 1; depth < starts.length; depth += 1) {
    starts[depth] = (starts[depth] ?? 0) + (starts[depth - 1] ?? 0)
  }
  const sorted = new Int32Array(size)
  for (let node = 0; node < size; node += 1) {
    const depth = depths[node] ?? 0
    const place = starts[depth] ?? 0
    sorted[place] = node
    starts[depth] = place + 1
  }
  return sorted
}
