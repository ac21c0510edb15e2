/** A piece of a text with macros: literal text, or a call. */
export type MacroNode = string | MacroCall

export interface MacroCall {
  /** What stands between the braces; may hold calls itself. */
  readonly inner: readonly MacroNode[]
  /** Where it begins in the text, and where it ends: behind its closing call, if it has one. */
  readonly offset: number
  readonly end: number
  /** What stands between `{{name}}` and `{{/name}}`, if that follows. */
  readonly content?: readonly MacroNode[]
}

interface Frame {
  readonly offset: number
  readonly nodes: MacroNode[]
}

const TOKENS = /\\\{\\\{|\\\}\\\}|\{\{|\}\}/g

/** Takes a text apart, in one pass whatever it holds: braces without a partner are text. */
export function parseMacros(text: string): readonly MacroNode[] {
  const stack: Frame[] = [{ offset: 0, nodes: [] }]
  let end = 0
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    top(stack).nodes.push(text.slice(end, index))
    end = index + token.length
    take(stack, token, index)
  }
  top(stack).nodes.push(text.slice(end))
  return paired(stack.flatMap(({ nodes }, depth) => (depth === 0 ? nodes : ['{{', ...nodes])))
}

/** The name a call begins with, lower case; a closing one begins with `/`. */
export function nameOf({ inner: [first] }: MacroCall): string {
  if (typeof first !== 'string') return ''
  return /^\s*#?(\/?[a-z_]\w*)/i.exec(first)?.[1]?.toLowerCase() ?? ''
}

function take(stack: Frame[], token: string, index: number): void {
  if (token === '{{') {
    stack.push({ offset: index, nodes: [] })
  } else if (token === '}}' && stack.length > 1) {
    const { offset, nodes } = popped(stack)
    const inner = nodes.filter((node) => node !== '')
    top(stack).nodes.push({ inner: paired(inner), offset, end: index + token.length })
  } else {
    top(stack).nodes.push(token.replaceAll('\\', ''))
  }
}

/** Gives every opening call with a closing one what stands between the two. */
function paired(nodes: readonly MacroNode[]): readonly MacroNode[] {
  const out: MacroNode[] = []
  const open = new Map<string, number[]>()
  for (const node of nodes) {
    const name = typeof node === 'string' ? '' : nameOf(node)
    if (name.startsWith('/')) {
      close(out, open.get(name.slice(1)), node)
      continue
    }
    if (name !== '') openings(open, name).push(out.length)
    out.push(node)
  }
  return out
}

function openings(open: Map<string, number[]>, name: string): number[] {
  const known = open.get(name) ?? []
  open.set(name, known)
  return known
}

function close(out: MacroNode[], opened: number[] | undefined, closing: MacroNode): void {
  let at = opened?.pop()
  while (at !== undefined && at >= out.length) at = opened?.pop()
  const opening = at === undefined ? undefined : out[at]
  if (
    at === undefined ||
    opening === undefined ||
    typeof opening === 'string' ||
    typeof closing === 'string'
  ) {
    out.push(closing)
    return
  }
  const content = out.splice(at + 1)
  out[at] = { ...opening, content, end: closing.end }
}

function top(stack: Frame[]): Frame {
  const frame = stack.at(-1)
  if (!frame) throw new RangeError('Cannot parse macros: no frame')
  return frame
}

function popped(stack: Frame[]): Frame {
  const frame = top(stack)
  stack.length -= 1
  return frame
}
