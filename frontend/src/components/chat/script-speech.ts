import { type MarkdownIt, type StateCore, type Token } from 'markdown-it'

type NewToken = StateCore['Token']

const CLOSING: Readonly<Record<string, string>> = { '"': '"', '“': '”', '„': '“', '«': '»', '»': '«' }
const SAID = 'said'

/** Where a quotation begins or ends, among the pieces of a paragraph. */
interface Mark {
  readonly piece: number
  readonly at: number
}

/** Marks what is said aloud: text in quotation marks. While it streams, an open quotation goes on to the end. */
export function markSpeech(markdown: MarkdownIt): void {
  markdown.core.ruler.push('speech', (state) => {
    const isStreaming = state.env['isStreaming'] === true
    for (const token of state.tokens) {
      if (token.type === 'inline' && token.children) {
        token.children = withSpeech(token.children, state.Token, isStreaming)
      }
    }
  })
}

function withSpeech(pieces: readonly Token[], Piece: NewToken, isStreaming: boolean): Token[] {
  const quotations = quotationsIn(pieces, isStreaming)
  return pieces.flatMap((piece, index) => {
    const cuts = quotations.flatMap(([from, to]) => [
      ...(from.piece === index ? [{ at: from.at, nesting: 1 as const }] : []),
      ...(to.piece === index ? [{ at: to.at, nesting: -1 as const }] : []),
    ])
    if (cuts.length === 0) return [piece]
    const parts: Token[] = []
    let begin = 0
    for (const { at, nesting } of cuts) {
      parts.push(textPiece(Piece, piece.content.slice(begin, at)), saidPiece(Piece, nesting))
      begin = at
    }
    return [...parts, textPiece(Piece, piece.content.slice(begin))]
  })
}

/** Both marks belong to it; it may hold emphasis, but does not begin or end within. */
function quotationsIn(pieces: readonly Token[], isStreaming: boolean): (readonly [Mark, Mark])[] {
  const found: (readonly [Mark, Mark])[] = []
  let open: { readonly mark: Mark; readonly closing: string } | null = null
  let depth = 0
  let last: Mark | null = null
  for (const [index, piece] of pieces.entries()) {
    depth += piece.nesting
    if (piece.type !== 'text' || depth > 0) continue
    for (let at = 0; at < piece.content.length; at += 1) {
      const char = piece.content.charAt(at)
      if (open !== null && char === open.closing) {
        found.push([open.mark, { piece: index, at: at + 1 }])
        open = null
      } else if (open === null && CLOSING[char] !== undefined && isOpening(piece.content, at)) {
        open = { mark: { piece: index, at }, closing: CLOSING[char] }
      }
    }
    last = { piece: index, at: piece.content.length }
  }
  if (isStreaming && open !== null && last !== null && depth === 0) found.push([open.mark, last])
  return found
}

/** An inch sign stands behind a figure, a quotation mark behind a gap. */
function isOpening(text: string, at: number): boolean {
  return at === 0 || /[\s([{—–-]/.test(text[at - 1] ?? '')
}

function textPiece(Piece: NewToken, content: string): Token {
  const piece = new Piece('text', '', 0)
  piece.content = content
  return piece
}

function saidPiece(Piece: NewToken, nesting: 1 | -1): Token {
  const piece = new Piece(nesting === 1 ? 'said_open' : 'said_close', 'span', nesting)
  if (nesting === 1) piece.attrSet('class', SAID)
  return piece
}
