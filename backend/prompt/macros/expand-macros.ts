import { hashOf } from '../seeded.ts'
import { type CallContext, type Expansion, type MacroHandler } from './macro-env.ts'
import { type MacroCall, type MacroNode, nameOf, parseMacros } from './parse-macros.ts'
import { PLAIN_MACROS, TRIM_MARK } from './plain-macros.ts'
import { TIME_MACROS } from './time-macros.ts'
import { isTrue, shorthand, VARIABLE_MACROS } from './variable-macros.ts'

const MAX_DEPTH = 10
const MAX_CALLS = 5_000
const MAX_CHARACTERS = 1_048_576

const HANDLERS = new Map<string, MacroHandler>(
  Object.entries({ ...PLAIN_MACROS, ...TIME_MACROS, ...VARIABLE_MACROS }),
)

export interface Expanded {
  readonly text: string
  /** From `{{hidden_key:…}}`: not shown, but found when lore is searched for keys. */
  readonly hiddenKeys: readonly string[]
}

/** A text with its macros carried out; unknown ones stay as they are. Bounded, whatever the text holds. */
export function expand(text: string, expansion: Expansion): Expanded {
  if (!/\{\{|<\w|\\\{/.test(text)) return { text, hiddenKeys: [] }
  const expander = new Expander(expansion)
  const expanded = expander.run(text.replaceAll(TRIM_MARK, ''), 0)
  return { text: trimmedAtMarks(expanded), hiddenKeys: expander.hiddenKeys }
}

/** Where the expander is: in which text, how deep. */
interface Place {
  readonly text: string
  readonly textHash: () => number
  readonly depth: number
}

class Expander {
  readonly hiddenKeys: string[] = []
  readonly #expansion: Expansion
  #calls = 0
  #characters = 0
  #original: string | undefined

  constructor(expansion: Expansion) {
    this.#expansion = expansion
    this.#original = expansion.original
  }

  run(text: string, depth: number): string {
    let hash: number | undefined
    const textHash = (): number => (hash ??= hashOf(text))
    return this.#nodes(parseMacros(text), { text, textHash, depth })
  }

  #nodes(nodes: readonly MacroNode[], place: Place): string {
    return nodes
      .map((node) => (typeof node === 'string' ? this.#legacyTags(node) : this.#call(node, place)))
      .join('')
  }

  #call(call: MacroCall, place: Place): string {
    this.#calls += 1
    const isTooMuch = this.#calls > MAX_CALLS || place.depth >= MAX_DEPTH
    if (isTooMuch || this.#characters > MAX_CHARACTERS) return place.text.slice(call.offset, call.end)
    const result = this.#result(call, { ...place, depth: place.depth + 1 })
    this.#characters += result.length
    return this.#characters > MAX_CHARACTERS ? '' : result
  }

  #result(call: MacroCall, place: Place): string {
    const [first] = call.inner
    if (typeof first === 'string' && first.trimStart().startsWith('//')) return ''
    if (nameOf(call) === 'if' && call.content) return this.#branch(call, call.content, place)
    const inner = this.#nodes(call.inner, place)
    const short = shorthand(inner, this.#expansion.env)
    if (short !== undefined) return short
    const { name, args } = takenApart(inner)
    if (call.content) args.push(this.#content(call, call.content, place))
    const result = this.#named(name, args, { call, place })
    if (result !== undefined) return result
    return call.content ? place.text.slice(call.offset, call.end) : `{{${inner}}}`
  }

  #named(name: string, args: readonly string[], at: { call: MacroCall; place: Place }): string | undefined {
    const { env, isStatic } = this.#expansion
    const context: CallContext = { env, isStatic, offset: at.call.offset, textHash: at.place.textHash }
    const handler = HANDLERS.get(name)
    if (handler) return handler(args, context)
    switch (name) {
      case 'original':
        return this.#takeOriginal()
      case 'hidden_key':
        this.hiddenKeys.push(args.join('::'))
        return ''
      case 'outlet':
        return env.outlets.get(args[0]?.trim() ?? '') ?? ''
      case 'charfirstmessage':
        return this.run(env.greetings[Number(args[0] ?? 0)] ?? '', at.place.depth)
      default:
        return this.#field(name, at.place)
    }
  }

  #field(name: string, place: Place): string | undefined {
    const { env } = this.#expansion
    const text = env.texts.get(name)
    return text === undefined ? env.facts.get(name)?.() : this.run(text, place.depth)
  }

  /** Only the branch that is taken is carried out. */
  #branch(call: MacroCall, content: readonly MacroNode[], place: Place): string {
    const condition = this.#nodes(call.inner, place)
      .replace(/^\s*#?if(?:::|:)?/i, '')
      .trim()
    const at = content.findIndex((node) => typeof node !== 'string' && nameOf(node) === 'else')
    const yes = at === -1 ? content : content.slice(0, at)
    const no = at === -1 ? [] : content.slice(at + 1)
    return this.#content(call, this.#holds(condition, place) ? yes : no, place)
  }

  #holds(condition: string, place: Place): boolean {
    if (condition.startsWith('!')) return !this.#holds(condition.slice(1).trim(), place)
    const value = shorthand(condition, this.#expansion.env) ?? this.#field(condition.toLowerCase(), place)
    return isTrue(value ?? condition)
  }

  #content(call: MacroCall, nodes: readonly MacroNode[], place: Place): string {
    const text = this.#nodes(nodes, place)
    const [first] = call.inner
    return typeof first === 'string' && /^\s*#/.test(first) ? text : dedented(text)
  }

  #takeOriginal(): string {
    const original = this.#original ?? ''
    this.#original = ''
    return original
  }

  #legacyTags(text: string): string {
    if (!text.includes('<')) return text
    const { facts } = this.#expansion.env
    return text.replaceAll(/<(user|bot|char|group|charifnotgroup)>/gi, (_tag, name: string) => {
      const fact = name.toLowerCase() === 'bot' ? 'char' : name.toLowerCase()
      return facts.get(fact)?.() ?? ''
    })
  }
}

/** `name::a::b`, `name:a`, `name a`. */
function takenApart(inner: string): { name: string; args: string[] } {
  const [, name = '', rest = ''] = /^\s*#?([a-z_]\w*)([^]*)$/i.exec(inner) ?? []
  if (rest.startsWith('::')) return { name: name.toLowerCase(), args: rest.slice(2).split('::') }
  if (rest.startsWith(':')) return { name: name.toLowerCase(), args: rest.slice(1).split('::') }
  if (rest.trim() === '') return { name: name.toLowerCase(), args: [] }
  if (/^\s/.test(rest)) return { name: name.toLowerCase(), args: rest.trim().split('::') }
  return /^time_utc$/i.test(name) ? { name: 'time_utc', args: [rest] } : { name: '', args: [] }
}

/** Trimmed, and without the indentation that all of its lines share. */
function dedented(text: string): string {
  const lines = text.split('\n')
  const depths = lines
    .filter((line) => line.trim() !== '')
    .map((line) => line.length - line.trimStart().length)
  const depth = depths.reduce((least, one) => Math.min(least, one), Infinity)
  const shared = Number.isFinite(depth) ? depth : 0
  return lines
    .map((line) => line.slice(shared))
    .join('\n')
    .trim()
}

/** Takes the newlines away around every place where `{{trim}}` stood. */
function trimmedAtMarks(text: string): string {
  if (!text.includes(TRIM_MARK)) return text
  const pieces = text.split(TRIM_MARK)
  return pieces
    .map((piece, index) => (index > 0 ? withoutLeadingNewlines(piece) : piece))
    .map((piece, index) => (index < pieces.length - 1 ? withoutTrailingNewlines(piece) : piece))
    .join('')
}

function withoutLeadingNewlines(text: string): string {
  return text.replace(/^[\r\n]+/, '')
}

/** By hand: an expression that looks for the end takes quadratic time over a stranger's million newlines. */
function withoutTrailingNewlines(text: string): string {
  let end = text.length
  while (end > 0 && '\r\n'.includes(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}
