/** The edges of a tree of letters: a hash table in flat arrays, since a map of a hundred thousand takes far longer to fill. */
export class EdgeTable {
  readonly #mask: number
  readonly #froms: Int32Array
  readonly #letters: Uint16Array
  /** 0: nothing here; no edge leads to the root. */
  readonly #tos: Int32Array

  /** @param most edges that will be in it. */
  constructor(most: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(2, most * 2)))
    this.#mask = size - 1
    this.#froms = new Int32Array(size)
    this.#letters = new Uint16Array(size)
    this.#tos = new Int32Array(size)
  }

  /** @returns 0 if there is none. */
  get(from: number, letter: number): number {
    return this.#tos[this.#place(from, letter)] ?? 0
  }

  set(from: number, letter: number, to: number): void {
    const place = this.#place(from, letter)
    this.#froms[place] = from
    this.#letters[place] = letter
    this.#tos[place] = to
  }

  /** Where the edge is, or would be. */
  #place(from: number, letter: number): number {
    let hash = Math.imul(from, 0x9e3779b1) ^ Math.imul(letter + 1, 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
    let place = (hash ^ (hash >>> 13)) & this.#mask
    while (this.#tos[place] !== 0 && (this.#froms[place] !== from || this.#letters[place] !== letter)) {
      place = (place + 1) & this.#mask
    }
    return place
  }
}
