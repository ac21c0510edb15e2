import { type SeededRandom } from '../../support/seeded-random.ts'
import { base64, internationalChunk, packedTextChunk, pngOf, textChunk, zipOf } from './made-files.ts'

/** JSON that keeps what JSON.stringify would change: spelling of numbers, names that are there twice, their order. */
export type Node =
  | { readonly members: readonly (readonly [string, Node])[] }
  | { readonly items: readonly Node[] }
  | { readonly raw: string }

export interface GeneratedCard {
  readonly version: 1 | 2 | 3
  readonly container: 'json' | 'png' | 'charx'
  readonly bytes: Uint8Array
  /** The card's own text. */
  readonly text: string
}

interface Style {
  readonly indent: string
  readonly newline: string
  readonly colon: string
}

const STYLES: readonly Style[] = [
  { indent: '', newline: '', colon: ':' },
  { indent: '    ', newline: '\n', colon: ': ' },
  { indent: '  ', newline: '\n', colon: ': ' },
  { indent: '\t', newline: '\r\n', colon: ': ' },
]
const WORDS = [
  'Anna',
  'the',
  'tavern',
  'É',
  '日本',
  '🦊',
  '"quoted"',
  '{{char}}',
  '\n',
  '\\',
  '</script>',
  '‮',
  '\t',
  '%',
  ',',
]
const NUMBERS = ['0', '-0', '1.0', '1e400', '12345678901234567890', '0.1', '-1.50E+3', '7']
const NAMES = ['__proto__', '0', '10', '', 'constructor', 'chub/id', 'risuai', 'a.b', 'éß', 'data', 'name']

/** Makes cards as many programs write them, each different and all of them valid. */
export class CardMaker {
  readonly #random: SeededRandom

  constructor(random: SeededRandom) {
    this.#random = random
  }

  async card(): Promise<GeneratedCard> {
    const version = this.pick([1, 2, 2, 3, 3] as const)
    const text = printed(this.node(version), this.pick(STYLES))
    // Archives hold cards of version 3.
    const container = this.pick(
      version === 3 ? (['json', 'png', 'png', 'charx'] as const) : (['json', 'png'] as const),
    )
    return { version, container, text, bytes: await this.file(container, { version, text }) }
  }

  node(version: 1 | 2 | 3): Node {
    return version === 1 ? this.#flat() : this.#nested(version)
  }

  async file(
    container: GeneratedCard['container'],
    { version, text }: { version: 1 | 2 | 3; text: string },
  ): Promise<Uint8Array> {
    if (container === 'json')
      return Buffer.from(`${this.pick(['', '', '\uFEFF', '\n'])}${text}${this.pick(['', '\n', '\0'])}`)
    if (container === 'charx')
      return zipOf({ 'card.json': text, 'assets/icon/images/main.png': 'picture', 'x.json': '{ }' })
    const keyword = version === 3 ? 'ccv3' : 'chara'
    const chunk = this.pick([
      () => textChunk(keyword, base64(text)),
      () => textChunk(keyword, base64(text)),
      () => packedTextChunk(keyword, base64(text)),
      () => internationalChunk(keyword, text),
    ])()
    const others = this.#random.chance(0.5) ? [textChunk('Software', 'Some Program')] : []
    return pngOf([...others, chunk], Buffer.from(this.pick(['', 'behind'])))
  }

  #flat(): Node {
    return object([
      ...this.#texts(['name', 'description', 'personality', 'scenario', 'first_mes', 'mes_example']),
      ...this.#maybe(
        ['creatorcomment', this.text()],
        ['tags', this.#list()],
        ['talkativeness', this.#share()],
      ),
      ...this.#unknown(),
    ])
  }

  #nested(version: 2 | 3): Node {
    const data: (readonly [string, Node])[] = [
      ...this.#texts(['name', 'description', 'personality', 'scenario', 'first_mes', 'mes_example']),
      ...this.#texts([
        'creator_notes',
        'system_prompt',
        'post_history_instructions',
        'creator',
        'character_version',
      ]),
      ['alternate_greetings', this.#list()],
      ['tags', this.#list()],
      [
        'extensions',
        object([
          ...this.#maybe(
            ['talkativeness', this.#share()],
            ['fav', raw('true')],
            ['depth_prompt', this.#depthPrompt()],
          ),
          ...this.#unknown(),
        ]),
      ],
      ...this.#maybe(['character_book', this.book(version)]),
      ...this.#unknown(),
    ]
    if (version === 3) {
      data.push(
        ['group_only_greetings', this.#list()],
        ...this.#maybe(
          ['nickname', this.text()],
          ['source', this.#list()],
          ['modification_date', raw('1700000000')],
        ),
      )
    }
    const top: (readonly [string, Node])[] = [
      ['spec', raw(`"chara_card_v${version}"`)],
      ['spec_version', raw(`"${version}.0"`)],
      ['data', object(data)],
      ...this.#unknown(),
    ]
    return object(this.#random.chance(0.5) ? top : top.toReversed())
  }

  book(version: 2 | 3): Node {
    const entries = Array.from({ length: this.#random.below(5) }, (_, index) => this.#entry(index, version))
    return object([
      ...this.#maybe(
        ['name', this.text()],
        ['scan_depth', raw('12')],
        ['token_budget', raw('500')],
        ['recursive_scanning', raw('true')],
      ),
      ['extensions', object(this.#unknown())],
      ['entries', { items: entries }],
    ])
  }

  #entry(index: number, version: 2 | 3): Node {
    const tavern: (readonly [string, Node])[] = [
      ['selectiveLogic', raw(this.pick(['0', '1', '2', '3']))],
      ['position', raw(this.pick(['0', '1', '4', '7']))],
      ['probability', raw('75')],
      ['depth', raw('2')],
      ['role', raw('1')],
      ['scan_depth', raw('null')],
    ]
    return object([
      ['id', raw(this.pick([String(index), `"key-${index}"`]))],
      ['keys', this.#list()],
      ['secondary_keys', this.#list()],
      ['selective', raw(this.pick(['true', 'false']))],
      [
        'content',
        this.#random.chance(0.2) ? raw(JSON.stringify('@@depth 2\n@@role user\nDeep.')) : this.text(),
      ],
      ['enabled', raw(this.pick(['true', 'true', 'false']))],
      ['insertion_order', raw(this.pick(['100', '5', '1.0']))],
      ...this.#maybe(
        ['comment', this.text()],
        ['name', this.text()],
        ['position', raw('"before_char"')],
        ['constant', raw('true')],
      ),
      ...(version === 3 ? [['use_regex', raw(this.pick(['true', 'false']))] as const] : []),
      ['extensions', object([...(this.#random.chance(0.5) ? tavern : []), ...this.#unknown()])],
    ])
  }

  #depthPrompt(): Node {
    return object([
      ['prompt', this.text()],
      ['depth', raw('4')],
      ['role', raw('"system"')],
      ...this.#unknown(),
    ])
  }

  #unknown(): (readonly [string, Node])[] {
    const names = Array.from({ length: this.#random.below(3) }, () => this.pick(NAMES.slice(0, -2)))
    return names.map((name) => [name, this.#any(3)] as const)
  }

  #any(depth: number): Node {
    const kind = this.#random.below(depth > 0 ? 5 : 3)
    if (kind === 0) return this.text()
    if (kind === 1) return raw(this.pick(NUMBERS))
    if (kind === 2)
      return raw(this.pick(['null', 'true', '""', String.raw`"\ud800"`, String.raw`"\u2028\/"`]))
    const many = Array.from({ length: this.#random.below(4) }, () => this.#any(depth - 1))
    return kind === 3 ? { items: many } : object(many.map((node) => [this.pick(NAMES), node] as const))
  }

  text(): Node {
    const words = Array.from({ length: this.#random.below(12) }, () => this.pick(WORDS))
    const text = JSON.stringify(words.join(' '))
    // Some programs escape all that is not ASCII, some the slash.
    if (this.#random.chance(0.3)) return raw(text.replaceAll('/', String.raw`\/`))
    return raw(
      this.#random.chance(0.3)
        ? text.replaceAll(/[^\0-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
        : text,
    )
  }

  #texts(names: readonly string[]): (readonly [string, Node])[] {
    return names.map((name) => [
      name,
      name === 'name'
        ? raw(
            `"${this.pick(['Anna', 'A "B"', ' Zoë ', '🦊', '.dot/..'].map((one) => one.replaceAll('"', '\\"')))}"`,
          )
        : this.text(),
    ])
  }

  #list(): Node {
    return { items: Array.from({ length: this.#random.below(4) }, () => this.text()) }
  }

  #share(): Node {
    return raw(this.pick(['0.5', '"0.5"', '1', '0.25']))
  }

  #maybe(...members: (readonly [string, Node])[]): (readonly [string, Node])[] {
    return members.filter(() => this.#random.chance(0.6))
  }

  pick<One>(from: readonly One[]): One {
    const one = from[this.#random.below(from.length)]
    if (one === undefined) throw new Error('Nothing to pick from')
    return one
  }
}

export function raw(text: string): Node {
  return { raw: text }
}

export function object(members: readonly (readonly [string, Node])[]): Node {
  return { members }
}

export function printed(node: Node, style: Style, depth = 0): string {
  if ('raw' in node) return node.raw
  const [inner, outer] = [1, 0].map((more) => style.newline + style.indent.repeat(depth + more))
  const isObject = 'members' in node
  const parts = isObject
    ? node.members.map(
        ([name, value]) => JSON.stringify(name) + style.colon + printed(value, style, depth + 1),
      )
    : node.items.map((item) => printed(item, style, depth + 1))
  const [open, close] = isObject ? '{}' : '[]'
  return parts.length === 0 ? `${open}${close}` : `${open}${inner}${parts.join(`,${inner}`)}${outer}${close}`
}
