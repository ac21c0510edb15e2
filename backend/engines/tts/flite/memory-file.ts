/** A file that grows while it is written. */
export class MemoryFile {
  #bytes = new Uint8Array(1 << 12)
  #length = 0
  #position = 0

  write(data: Uint8Array): void {
    const end = this.#position + data.length
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.#bytes.length * 2))
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    this.#bytes.set(data, this.#position)
    this.#position = end
    this.#length = Math.max(this.#length, end)
  }

  /**
   * @param whence 0 from the start, 1 from here, 2 from the end, as in C.
   * @returns the new position.
   */
  seek(offset: number, whence: number): number {
    const base = [0, this.#position, this.#length][whence] ?? 0
    this.#position = Math.max(0, base + offset)
    return this.#position
  }

  contents(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }
}
