import { SGR } from './style.ts'

/** What the start of a line of markdown says about the line. */
export type Block =
  | { readonly type: 'fence'; readonly mark: string; readonly language: string }
  | { readonly type: 'fence_end' }
  /** Inside of a fence. */
  | { readonly type: 'code' }
  | { readonly type: 'rule' }
  | {
      readonly type: 'line'
      /** Styles of the whole line. */
      readonly codes: readonly string[]
      readonly prefix: string
      /** What comes behind the prefix. */
      readonly rest: string
    }

const RULE = /^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/
const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^`]*)$/
const HEADING = /^ {0,3}#{1,6}[ \t]+/
const BULLET = /^(\s*)[-*+][ \t]+/
const NUMBER = /^(\s*)(\d{1,9}[.)])[ \t]+/
const QUOTE = /^ {0,3}>[ \t]?/
/** A line that has only begun to be one of them. */
const BEGINNING = /^\s*(?:#{1,6}|[-+]|\d{1,9}[.)]?)?$|^\s*(?:#{1,6}|[-*+]|\d{1,9}[.)])[ \t]+$|^ {0,3}>$/
const RULE_BEGINNING = /^ {0,3}(?:-[- \t]*|\*[* \t]*|_[_ \t]*)$/
const FENCE_BEGINNING = /^ {0,3}(?:`{1,2}|~{1,2}|`{3,}[^`]*|~{3,}.*)$/

/**
 * Whether the start of a line must be kept back, because what comes next decides what it is.
 * @param fence the mark of the fence the line is in, if it is in one.
 */
export function mayBecomeBlock(head: string, fence: string | undefined): boolean {
  if (fence !== undefined) return /^ {0,3}(?:`*|~*)\s*$/.test(head)
  return BEGINNING.test(head) || RULE_BEGINNING.test(head) || FENCE_BEGINNING.test(head)
}

/** @param head the start of a line, or the whole of it. */
export function blockOf(head: string, fence: string | undefined): Block {
  if (fence !== undefined) return isFenceEnd(head, fence) ? { type: 'fence_end' } : { type: 'code' }
  const opening = FENCE.exec(head)
  if (opening) return { type: 'fence', mark: opening[1] ?? '```', language: (opening[2] ?? '').trim() }
  if (RULE.test(head)) return { type: 'rule' }
  const heading = HEADING.exec(head)
  if (heading) return { type: 'line', codes: [SGR.bold], prefix: '', rest: head.slice(heading[0].length) }
  const quote = QUOTE.exec(head)
  if (quote) return { type: 'line', codes: [SGR.dim], prefix: '│ ', rest: head.slice(quote[0].length) }
  const item = BULLET.exec(head) ?? NUMBER.exec(head)
  if (!item) return { type: 'line', codes: [], prefix: '', rest: head }
  const prefix = `${item[1] ?? ''}${item[2] ?? '•'} `
  return { type: 'line', codes: [], prefix, rest: head.slice(item[0].length) }
}

function isFenceEnd(line: string, mark: string): boolean {
  const closing = /^ {0,3}(`+|~+)\s*$/.exec(line)?.[1]
  return closing !== undefined && closing[0] === mark[0] && closing.length >= mark.length
}
