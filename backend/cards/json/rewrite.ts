import { isDeepStrictEqual } from 'node:util'
import { AppError } from '../../errors.ts'
import { changed, type Change, type Item } from './change.ts'
import { afterSpace, membersOf, type MemberSpan } from './spans.ts'
import { styleOf, written, type Style } from './style.ts'

/**
 * Changes a JSON text in place: what the change does not name keeps its bytes, with its spelling of numbers, its
 * escapes and its names that stand there twice. The result is read again and compared with what was meant.
 */
export function rewritten(text: string, change: Change): string {
  const result = new Rewriter(text).value({ start: afterSpace(text, 0), depth: 0 }, change)
  if (!isMeant(result, changed(JSON.parse(text), change))) {
    throw new AppError('internal', 'The card could not be written without changing more than was edited')
  }
  return result
}

function isMeant(result: string, meant: unknown): boolean {
  try {
    const value: unknown = JSON.parse(result)
    // Members that are undefined are no members in JSON.
    return isDeepStrictEqual(value, meant) || isDeepStrictEqual(value, JSON.parse(JSON.stringify(meant)))
  } catch (cause) {
    if (!(cause instanceof RangeError)) return false
    throw new AppError('invalid', 'The card is nested too deeply to be edited', { cause })
  }
}

interface Place {
  readonly start: number
  readonly depth: number
}

/** What stands between two members, and one of them. */
interface Piece {
  /** undefined: it is new here, and takes the space that the others have. */
  readonly gap: string | undefined
  readonly body: string
}

class Rewriter {
  readonly #text: string
  readonly #style: Style

  constructor(text: string) {
    this.#text = text
    this.#style = styleOf(text)
  }

  value({ start, depth }: Place, change: Change): string {
    const text = this.#text
    switch (change.kind) {
      case 'set':
        return written(change.value, this.#style, depth)
      case 'remove':
        return 'null'
      case 'members':
        return text[start] === '{'
          ? this.#members({ start, depth }, change.members)
          : written(changed(undefined, change), this.#style, depth)
      default:
        return text[start] === '['
          ? this.#items({ start, depth }, change.items)
          : written(changed(undefined, change), this.#style, depth)
    }
  }

  #members({ start, depth }: Place, changes: ReadonlyMap<string, Change>): string {
    const { members, end } = membersOf(this.#text, start)
    // Of a name that stands there twice the last one counts.
    const last = new Map(members.map((one, index) => [one.key, index]))
    const pieces = members.flatMap((one, index): Piece[] => {
      const change = changes.get(one.key)
      const gap = this.#gapBefore(members, index)
      if (!change || (last.get(one.key) !== index && change.kind !== 'remove')) {
        return [{ gap, body: this.#text.slice(one.from, one.end) }]
      }
      if (change.kind === 'remove') return []
      const name = this.#text.slice(one.from, one.start)
      return [{ gap, body: name + this.value({ start: one.start, depth: depth + 1 }, change) }]
    })
    for (const [key, change] of changes) {
      const value = last.has(key) ? undefined : changed(undefined, change)
      if (value === undefined) continue
      const body = JSON.stringify(key) + this.#style.colon + written(value, this.#style, depth + 1)
      pieces.push({ gap: undefined, body })
    }
    return this.#joined({ start, depth }, { members, end, pieces })
  }

  #items({ start, depth }: Place, items: readonly Item[]): string {
    const { members, end } = membersOf(this.#text, start)
    const pieces = items.map((item): Piece => {
      if ('value' in item) return { gap: undefined, body: written(item.value, this.#style, depth + 1) }
      const span = members[item.from]
      if (!span) return { gap: undefined, body: 'null' }
      const body = item.change
        ? this.value({ start: span.start, depth: depth + 1 }, item.change)
        : this.#text.slice(span.start, span.end)
      return { gap: this.#gapBefore(members, item.from), body }
    })
    return this.#joined({ start, depth }, { members, end, pieces })
  }

  #gapBefore(members: readonly MemberSpan[], index: number): string | undefined {
    const [previous, next] = [members[index - 1], members[index]]
    return previous && next && this.#text.slice(previous.end, next.from)
  }

  #joined(
    { start, depth }: Place,
    { members, end, pieces }: { members: readonly MemberSpan[]; end: number; pieces: readonly Piece[] },
  ): string {
    const text = this.#text
    const [open, close] = [text.slice(start, start + 1), text.slice(end - 1, end)]
    if (pieces.length === 0) return open + close
    const [first, last] = [members[0], members.at(-1)]
    const style = this.#style
    const lead = first ? text.slice(start + 1, first.from) : style.lineBreak(depth + 1)
    const trail = last ? text.slice(last.end, end - 1) : style.lineBreak(depth)
    const usual =
      this.#gapBefore(members, 1) ?? (first && lead.includes('\n') ? `,${lead}` : style.gap(depth + 1))
    const body = pieces.map((piece, index) => (index === 0 ? piece.body : (piece.gap ?? usual) + piece.body))
    return open + lead + body.join('') + trail + close
  }
}
