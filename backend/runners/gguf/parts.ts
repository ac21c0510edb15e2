/** Large models come in several files: `name-00001-of-00003.gguf`, and so on. */
const PART = /^(?<stem>.+)-(?<number>\d{5})-of-(?<count>\d{5})\.gguf$/iu

export interface Part {
  /** What all its parts begin with. */
  readonly stem: string
  /** From 1. */
  readonly number: number
  readonly count: number
}

/** @param path of a file, or its name. @returns undefined if it is not one of several. */
export function partOf(path: string): Part | undefined {
  const { stem, number, count } = PART.exec(path)?.groups ?? {}
  if (stem === undefined) return undefined
  const part = { stem, number: Number(number), count: Number(count) }
  return part.number >= 1 && part.number <= part.count ? part : undefined
}

/** All parts of which `path` is one, in their order; of a file that stands alone, itself. */
export function allParts(path: string): readonly string[] {
  const part = partOf(path)
  if (!part) return [path]
  const suffix = path.slice(part.stem.length + '-00001'.length)
  return Array.from({ length: part.count }, (_, index) => {
    return `${part.stem}-${String(index + 1).padStart(5, '0')}${suffix}`
  })
}
