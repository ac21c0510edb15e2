/** One thing that can be found or done. */
export interface PaletteItem {
  readonly id: string
  readonly name: string
  /** What it is, beside its name. */
  readonly hint?: string | undefined
  /** Under which other words it is found. */
  readonly words?: string
  readonly keys?: string | undefined
  readonly run: () => unknown
}

export interface PaletteGroup {
  readonly id: string
  readonly name: string
  readonly items: readonly PaletteItem[]
}

/** Those in which every word of the query begins some word. */
export function itemsMatching(items: readonly PaletteItem[], query: string): PaletteItem[] {
  const wanted = wordsOf(query)
  return items.filter(({ name, words = '' }) => {
    const known = wordsOf(`${name} ${words}`)
    return wanted.every((word) => known.some((one) => one.startsWith(word)))
  })
}

/** Without case and accents, so that nobody needs them to find something. */
function wordsOf(text: string): string[] {
  const plain = text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLocaleLowerCase()
  return plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
}
