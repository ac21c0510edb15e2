/** Rows by their position: asked ten thousand times for every key somebody types, so a byte for each, not a hash. */
export class PositionSet {
  readonly #isIn: Uint8Array

  constructor(positions: readonly number[]) {
    let last = 0
    for (const position of positions) if (position > last) last = position
    this.#isIn = new Uint8Array(last + 1)
    for (const position of positions) this.#isIn[position] = 1
  }

  has(position: number): boolean {
    return this.#isIn[position] === 1
  }
}
