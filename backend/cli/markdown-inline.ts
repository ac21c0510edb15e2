import { sgr, SGR } from './style.ts'

/** A link that is longer than this is not a link. */
const MAX_LINK_CHARACTERS = 400
const MARKS = new Set(['*', '_', '~', '`'])

type Emphasis = 'bold' | 'italic' | 'strike'

/** Emphasis, code and links inside of a line, character by character. Styles end with their line at the latest. */
export class InlineMarkdown {
  #lineCodes: readonly string[] = []
  readonly #emphasis = new Set<Emphasis>()
  /** The run of backticks that began the code we are in. */
  #code = ''
  /** A mark or link that is not complete yet. */
  #held = ''
  #previous = ' '

  /** @param codes styles of the whole line. */
  startLine(codes: readonly string[], prefix: string): string {
    this.#lineCodes = codes
    this.#previous = ' '
    return codes.length === 0 ? prefix : sgr(codes) + prefix
  }

  /** @returns what can be shown now. */
  push(text: string): string {
    let shown = ''
    for (const character of text) shown += this.#take(character)
    return shown
  }

  /** The line is whole. @returns what was held back; styles are off behind it. */
  endLine(): string {
    const held = this.#resolve(' ')
    const isStyled = this.#codes().length > 0
    this.#emphasis.clear()
    this.#code = ''
    this.#lineCodes = []
    return isStyled ? held + sgr([]) : held
  }

  #take(character: string): string {
    const first = this.#held[0]
    if (first === '[') return this.#takeLink(character)
    if (first === '\\') return this.#takeEscaped(character)
    if (first !== undefined && character === first) {
      this.#held += character
      return ''
    }
    const before = this.#resolve(character)
    const isMark = this.#code === '' ? MARKS.has(character) || character === '[' : character === '`'
    if (isMark || (character === '\\' && this.#code === '')) {
      this.#held = character
      return before
    }
    return before + this.#show(character)
  }

  /** What is held is complete; `next` comes behind it. */
  #resolve(next: string): string {
    const held = this.#held
    this.#held = ''
    switch (held[0]) {
      case undefined:
        return ''
      case '`':
        return this.#toggleCode(held)
      case '*':
      case '_':
      case '~':
        return this.#toggleEmphasis(held, next)
      default:
        return this.#show(held)
    }
  }

  #toggleCode(run: string): string {
    if (this.#code !== '' && this.#code !== run) return this.#show(run)
    this.#code = this.#code === '' ? run : ''
    this.#previous = '`'
    return sgr(this.#codes())
  }

  #toggleEmphasis(run: string, next: string): string {
    const kinds = emphasisOf(run)
    const isInsideWord = run[0] === '_' && isWord(this.#previous) && isWord(next)
    if (kinds.length === 0 || isInsideWord) return this.#show(run)
    const isOn = kinds.every((kind) => this.#emphasis.has(kind))
    const isPossible = isOn ? !/\s/.test(this.#previous) : !/\s/.test(next)
    if (!isPossible) return this.#show(run)
    for (const kind of kinds) {
      if (isOn) this.#emphasis.delete(kind)
      else this.#emphasis.add(kind)
    }
    this.#previous = '*'
    return sgr(this.#codes())
  }

  #takeEscaped(character: string): string {
    this.#held = ''
    return this.#show(/[!-/:-@[-`{-~]/.test(character) ? character : `\\${character}`)
  }

  /** `[text](address)` is held until it is clear that it is one. */
  #takeLink(character: string): string {
    const held = this.#held + character
    const link = /^\[([^\]]*)\]\(([^)\s]*)\)$/.exec(held)
    if (link) {
      this.#held = ''
      return this.#link(link[1] ?? '', link[2] ?? '')
    }
    if (/^\[[^\][]*(?:\](?:\([^)\s]*)?)?$/.test(held) && held.length <= MAX_LINK_CHARACTERS) {
      this.#held = held
      return ''
    }
    this.#held = ''
    return this.#show('[') + this.push(held.slice(1))
  }

  #link(text: string, address: string): string {
    this.#previous = ')'
    const codes = this.#codes()
    const shown = `${sgr([...codes, SGR.underline])}${text}${sgr(codes)}`
    return text === address ? shown : `${shown} ${sgr([...codes, SGR.dim])}(${address})${sgr(codes)}`
  }

  #show(text: string): string {
    this.#previous = text.at(-1) ?? this.#previous
    return text
  }

  #codes(): string[] {
    const emphasis = [...this.#emphasis].map((kind) => SGR[kind])
    return [...this.#lineCodes, ...emphasis, ...(this.#code === '' ? [] : [SGR.cyan])]
  }
}

function emphasisOf(run: string): readonly Emphasis[] {
  if (run === '~~') return ['strike']
  if (run[0] === '~' || run.length > 3) return []
  return ([['italic'], ['bold'], ['bold', 'italic']] as const)[run.length - 1] ?? []
}

function isWord(character: string): boolean {
  return /[\p{L}\p{N}]/u.test(character)
}
