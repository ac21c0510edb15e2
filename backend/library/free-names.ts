/** Gives files of one archive names that differ, also where capitals and ways to write an accent do not count. */
export class FreeNames {
  readonly #taken = new Set<string>()
  /** How often each name was asked for. */
  readonly #counts = new Map<string, number>()

  /** `Anna.png`, then `Anna (2).png`. */
  free(fileName: string): string {
    const dot = fileName.lastIndexOf('.')
    const [base, ending] = dot > 0 ? [fileName.slice(0, dot), fileName.slice(dot)] : [fileName, '']
    const asked = folded(fileName)
    let count = (this.#counts.get(asked) ?? 0) + 1
    let name = count === 1 ? fileName : `${base} (${count})${ending}`
    while (this.#taken.has(folded(name))) name = `${base} (${++count})${ending}`
    this.#counts.set(asked, count)
    this.#taken.add(folded(name))
    return name
  }
}

function folded(name: string): string {
  return name.normalize('NFKC').toLowerCase()
}
