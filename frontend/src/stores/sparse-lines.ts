import { type Lines } from './transcript.ts'
import { type TranscriptLine } from './types.ts'

/** Lines that stand one behind the other, the first of them at this index. */
interface Page {
  readonly start: number
  readonly lines: Lines
}

/** From `from` up to, not including, `to`. */
export interface IndexRange {
  readonly from: number
  readonly to: number
}

/**
 * The part of a conversation that lies before its newest lines: how long it is, and those pages of it that have been
 * fetched. A value: whatever changes it gives a new one. What it knows of an index is the line that is there, or
 * nothing; no line is known twice.
 */
export class SparseLines {
  static readonly none = new SparseLines(0, [])

  readonly count: number
  /** In order, without overlaps. */
  readonly #pages: readonly Page[]

  private constructor(count: number, pages: readonly Page[]) {
    this.count = count
    this.#pages = pages
  }

  static unknown(count: number): SparseLines {
    return new SparseLines(Math.max(0, count), [])
  }

  /** How many lines are held. */
  get heldCount(): number {
    return this.#pages.reduce((sum, { lines }) => sum + lines.length, 0)
  }

  at(index: number): TranscriptLine | undefined {
    const page = this.#pages.find(({ start, lines }) => index >= start && index < start + lines.length)
    return page?.lines[index - page.start]
  }

  /** @returns the index of a line that is known, or -1. */
  indexOf(id: string): number {
    for (const { start, lines } of this.#pages) {
      const index = lines.findIndex((line) => line.id === id)
      if (index !== -1) return start + index
    }
    return -1
  }

  find(id: string): TranscriptLine | undefined {
    return this.at(this.indexOf(id))
  }

  /** The first stretch of a range of which nothing is known. */
  gapIn({ from, to }: IndexRange): IndexRange | null {
    const end = Math.min(to, this.count)
    let start = Math.max(0, from)
    for (const page of this.#pages) {
      if (page.start > start) break
      start = Math.max(start, endOf(page))
    }
    if (start >= end) return null
    const next = this.#pages.find((page) => page.start > start)
    return { from: start, to: Math.min(end, next?.start ?? end) }
  }

  /** Lines that were fetched, in place of what was known of these indices, and of the same lines elsewhere. */
  place(start: number, lines: Lines): SparseLines {
    const fitting = lines.slice(0, Math.max(0, this.count - start))
    if (fitting.length === 0) return this
    const ids = new Set(fitting.map(({ id }) => id))
    const kept = this.#pages
      .flatMap((page) => without(page, { from: start, to: start + fitting.length }))
      // Known at another place: what stands around it there is out of date, too.
      .filter((page) => !page.lines.some(({ id }) => ids.has(id)))
    return this.#with([...kept, { start, lines: fitting }])
  }

  change(id: string, change: Partial<TranscriptLine>): SparseLines {
    const index = this.indexOf(id)
    if (index === -1) return this
    const pages = this.#pages.map((page) => {
      const line = page.lines[index - page.start]
      return line === undefined
        ? page
        : { ...page, lines: page.lines.with(index - page.start, { ...line, ...change }) }
    })
    return this.#with(pages)
  }

  /** What follows moves up. */
  remove(id: string): SparseLines {
    const index = this.indexOf(id)
    if (index === -1) return this
    const pages = this.#pages.map(({ start, lines }) => ({
      start: start > index ? start - 1 : start,
      lines: lines.filter((line) => line.id !== id),
    }))
    return new SparseLines(this.count - 1, inOrder(pages))
  }

  /** A line that is there again; what follows moves down. */
  insert(index: number, line: TranscriptLine): SparseLines {
    const at = Math.min(Math.max(0, index), this.count)
    const moved = this.#pages.flatMap((page) => {
      const [before, behind] = [
        without(page, { from: at, to: Infinity }),
        without(page, { from: -Infinity, to: at }),
      ]
      return [...before, ...behind.map(({ start, lines }) => ({ start: start + 1, lines }))]
    })
    return new SparseLines(this.count + 1, inOrder([...moved, { start: at, lines: [line] }]))
  }

  /** Without the line at this index and all that follow it. */
  cutAt(index: number): SparseLines {
    const count = Math.min(index, this.count)
    return new SparseLines(
      count,
      inOrder(this.#pages.flatMap((page) => without(page, { from: count, to: Infinity }))),
    )
  }

  /** The oldest of the newest lines belong to what is older now. */
  push(lines: Lines): SparseLines {
    const grown = new SparseLines(this.count + lines.length, this.#pages)
    return grown.place(this.count, lines)
  }

  /** Forgets the pages that are farthest from an index, until at most so many lines are held. */
  trim(around: number, mostLines: number): SparseLines {
    const byDistance = this.#pages.toSorted((one, other) => distance(one, around) - distance(other, around))
    let held = 0
    const kept = byDistance.filter(({ lines }) => {
      held += lines.length
      return held <= mostLines
    })
    return kept.length === this.#pages.length ? this : this.#with(kept)
  }

  /**
   * Something has come or gone at an index nobody told: only the page of a line whose place was asked for stays.
   * @param anchor a line and its index now; absent: nothing is known any more.
   */
  settle(count: number, anchor?: { readonly id: string; readonly index: number }): SparseLines {
    const page = this.#pages.find(({ lines }) => lines.some(({ id }) => id === anchor?.id))
    if (page === undefined || anchor === undefined) return SparseLines.unknown(count)
    const start = anchor.index - page.lines.findIndex(({ id }) => id === anchor.id)
    if (start < 0 || start + page.lines.length > count) return SparseLines.unknown(count)
    return new SparseLines(count, [{ start, lines: page.lines }])
  }

  /** A known line as near as can be to an index. */
  nearest(index: number): TranscriptLine | undefined {
    const page = this.#pages.toSorted((one, other) => distance(one, index) - distance(other, index))[0]
    return page?.lines[0]
  }

  #with(pages: readonly Page[]): SparseLines {
    return new SparseLines(this.count, inOrder(pages))
  }
}

const endOf = ({ start, lines }: Page): number => start + lines.length

/** What is left of a page outside of a range: nothing, one piece, or two. */
function without(page: Page, { from, to }: IndexRange): Page[] {
  const { start, lines } = page
  if (endOf(page) <= from || start >= to) return [page]
  const pieces = [
    { start, lines: lines.slice(0, Math.max(0, from - start)) },
    { start: Math.max(start, to), lines: lines.slice(Math.max(0, to - start)) },
  ]
  return pieces.filter((piece) => piece.lines.length > 0)
}

/** In order, without empty ones; neighbours stay apart, so that they can be forgotten one by one. */
function inOrder(pages: readonly Page[]): readonly Page[] {
  return pages.filter(({ lines }) => lines.length > 0).toSorted((one, other) => one.start - other.start)
}

function distance(page: Page, index: number): number {
  if (index < page.start) return page.start - index
  return Math.max(0, index - endOf(page) + 1)
}
