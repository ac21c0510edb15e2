/** Calls back for every place where a key stands: its number, where it begins, and where it ends. */
export type KeyFound = (key: number, start: number, end: number) => void

/**
 * Finds all of many keys in one pass over a text (Aho and Corasick 1975). Works on UTF-16 units; what a whole word is
 * decides the caller.
 */
export class Automaton {
  /** Small numbers for the characters that keys are made of, so that a transition is one small number, too. */
  readonly #alphabet = new Map<number, number>()
  readonly #edges = new Map<number, number>()
  readonly #lengths: readonly number[]
  /** Per node: which key ends here, or -1. */
  readonly #keyAt: number[] = [-1]
  /** Per node: the node of its longest proper suffix. */
  readonly #suffix: Int32Array
  /** Per node: the next node along the suffixes at which a key ends, or 0. */
  readonly #nextKey: Int32Array

  /** @param keys distinct and not empty. */
  constructor(keys: readonly string[]) {
    for (const key of keys) {
      for (let index = 0; index < key.length; index += 1) this.#letter(key.charCodeAt(index))
    }
    const trie: Trie = { parents: [0], letters: [0], depths: [0] }
    keys.forEach((key, number) => this.#add(trie, key, number))
    this.#lengths = keys.map(({ length }) => length)
    this.#suffix = new Int32Array(this.#keyAt.length)
    this.#nextKey = new Int32Array(this.#keyAt.length)
    for (const node of byDepth(trie.depths)) this.#link(trie, node)
  }

  scan(text: string, found: KeyFound): void {
    let node = 0
    for (let index = 0; index < text.length; index += 1) {
      node = this.#step(node, this.#alphabet.get(text.charCodeAt(index)))
      for (let at = this.#endsAt(node); at !== 0; at = this.#nextKey[at] ?? 0) {
        const key = this.#keyAt[at] ?? -1
        found(key, index + 1 - (this.#lengths[key] ?? 0), index + 1)
      }
    }
  }

  #letter(code: number): number {
    const known = this.#alphabet.get(code)
    if (known !== undefined) return known
    this.#alphabet.set(code, this.#alphabet.size)
    return this.#alphabet.size - 1
  }

  #edge(node: number, letter: number): number | undefined {
    return this.#edges.get(node * this.#alphabet.size + letter)
  }

  #add({ parents, letters, depths }: Trie, key: string, number: number): void {
    let node = 0
    for (let index = 0; index < key.length; index += 1) {
      const letter = this.#letter(key.charCodeAt(index))
      let next = this.#edge(node, letter)
      if (next === undefined) {
        next = this.#keyAt.push(-1) - 1
        this.#edges.set(node * this.#alphabet.size + letter, next)
        parents.push(node)
        letters.push(letter)
        depths.push(index + 1)
      }
      node = next
    }
    this.#keyAt[node] = number
  }

  #link({ parents, letters }: Trie, node: number): void {
    if (node === 0) return
    const parent = parents[node] ?? 0
    const suffix = parent === 0 ? 0 : this.#step(this.#suffix[parent] ?? 0, letters[node])
    this.#suffix[node] = suffix
    this.#nextKey[node] = this.#endsAt(suffix)
  }

  #step(from: number, letter: number | undefined): number {
    if (letter === undefined) return 0
    for (let node = from; ; node = this.#suffix[node] ?? 0) {
      const next = this.#edge(node, letter)
      if (next !== undefined) return next
      if (node === 0) return 0
    }
  }

  /** The node itself if a key ends at it, else the next one at which one does. */
  #endsAt(node: number): number {
    return (this.#keyAt[node] ?? -1) >= 0 ? node : (this.#nextKey[node] ?? 0)
  }
}

interface Trie {
  readonly parents: number[]
  readonly letters: number[]
  readonly depths: number[]
}

/** The nodes from the root on, level by level. */
function byDepth(depths: readonly number[]): readonly number[] {
  const levels: number[][] = []
  depths.forEach((depth, node) => {
    levels[depth] ??= []
    levels[depth].push(node)
  })
  return levels.flat()
}
