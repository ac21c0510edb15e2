import { afterSpace, membersOf } from './spans.ts'

/** How a text is laid out: in lines, and by how much they are indented, or all in one. */
export interface Style {
  readonly indent: string
  readonly colon: string
  readonly newline: string
  /** What begins a line, `depth` levels in; empty if there are no lines. */
  lineBreak(depth: number): string
  /** What stands between two members. */
  gap(depth: number): string
}

/** The layout of a text, told by its outermost object. */
export function styleOf(text: string): Style {
  const start = afterSpace(text, 0)
  const { members } = text[start] === '{' || text[start] === '[' ? membersOf(text, start) : { members: [] }
  const [first, second] = members
  const lead = first ? text.slice(start + 1, first.from) : ''
  const newline = lead.includes('\r\n') ? '\r\n' : '\n'
  const isInLines = lead.includes('\n')
  const indent = isInLines ? lead.slice(lead.lastIndexOf('\n') + 1) : ''
  const isSpaced = first ? /:\s/.test(text.slice(first.from, first.start).slice(-2)) : true
  const inLine = second && first ? text.slice(first.end, second.from) : ','
  const lineBreak = (depth: number): string => (isInLines ? newline + indent.repeat(depth) : '')
  return {
    indent,
    newline,
    colon: isSpaced ? ': ' : ':',
    lineBreak,
    gap: (depth) => (isInLines ? `,${lineBreak(depth)}` : inLine),
  }
}

/** A new value, laid out like the text around it. */
export function written(value: unknown, style: Style, depth: number): string {
  const text = JSON.stringify(value, undefined, style.indent) ?? 'null'
  if (style.indent === '') return text
  return text.replaceAll('\n', style.lineBreak(depth))
}
