import { parse } from 'vue/compiler-sfc'

/** Attributes, and props of our parts, that people see or hear. */
const SEEN =
  /^(?:aria-label|aria-description|aria-roledescription|aria-valuetext|placeholder|title|alt|label|hint|description|action|low|high|text|problem)$/u
/** Names are the same in every language; so are signs. */
const NAMES = new Set(['Troupe', 'TROUPE_STT', 'TROUPE_TTS', 'http://127.0.0.1:11434/v1'])
/** As in the compiler's tree. */
const TEXT = 2
const INTERPOLATION = 5
const ATTRIBUTE = 6
const DIRECTIVE = 7

interface Expression {
  readonly content?: unknown
}

interface Prop {
  readonly type: number
  readonly name: string
  readonly value?: { readonly content: string } | undefined
  readonly arg?: Expression | undefined
  readonly exp?: Expression | undefined
}

interface Node {
  readonly type: number
  readonly tag?: string
  readonly content?: unknown
  readonly props?: readonly Prop[]
  readonly children?: readonly unknown[]
}

/** Words that are written into the template of a component instead of being taken from a catalogue. */
export function literalWords(source: string): string[] {
  const { ast } = parse(source).descriptor.template ?? {}
  return ast ? ast.children.flatMap((child) => wordsIn(Object(child))) : []
}

function wordsIn(node: Node): string[] {
  const own = ownWords(node)
  const ofProps = (node.props ?? []).flatMap(wordsOfProp)
  // Keys are called the same everywhere, or come from the table of keys.
  const children = node.tag === 'kbd' ? [] : (node.children ?? [])
  return [...own, ...ofProps, ...children.flatMap((child) => wordsIn(Object(child)))]
}

function ownWords({ type, content }: Node): string[] {
  if (type === TEXT) return wordsOfText(String(content))
  if (type !== INTERPOLATION) return []
  return wordsOfExpression(String(Object(content).content))
}

function wordsOfProp(prop: Prop): string[] {
  if (prop.type === ATTRIBUTE) return SEEN.test(prop.name) ? wordsOfText(prop.value?.content ?? '') : []
  if (prop.type !== DIRECTIVE || prop.name !== 'bind') return []
  return SEEN.test(String(prop.arg?.content)) ? wordsOfExpression(String(prop.exp?.content)) : []
}

/** Whatever has two letters in a row. */
function wordsOfText(text: string): string[] {
  const shown = text.trim()
  return /\p{L}{2}/u.test(shown) && !NAMES.has(shown) ? [shown] : []
}

/** Texts in it, but not the keys of words, nor ids: those begin small and have no space. */
function wordsOfExpression(expression: string): string[] {
  const texts = [...expression.matchAll(/'([^']*)'|"([^"]*)"|`([^`]*)`/gu)].map((match) =>
    match.slice(1).join(''),
  )
  return texts
    .map((text) => text.replaceAll(/\$\{[^}]*\}/gu, ''))
    .filter((text) => /^\p{Lu}\p{L}|\p{L}{2,} |^ ?\p{Ll}+ \p{Ll}+/u.test(text))
    .flatMap(wordsOfText)
}

/** Texts of several words in code. What developers are told, in a plain `Error`, is not for users. */
export function sentencesIn(code: string): string[] {
  const lines = code
    .split('\n')
    .filter((line) => !/^\s*(?:\*|\/[/*])|new (?:Type|Range)?Error\(|description\}/u.test(line))
  return lines.flatMap((line) =>
    [...line.matchAll(/'(\p{Lu}\p{L}+ \p{L}+ [^']*)'/gu)].map(([, text = '']) => text),
  )
}
