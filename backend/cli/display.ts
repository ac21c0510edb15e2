import { type Character } from '#shared/entities.ts'
import { type ConversationEvent, type EventData } from '#shared/protocol/events.ts'
import { MarkdownStream } from './markdown-stream.ts'
import { harmless } from './style.ts'
import { type Terminal } from './terminal.ts'

/** Shows what happens in a conversation. */
export interface Display {
  show(event: ConversationEvent): void
  /** The cast has changed: names have colours. */
  cast(characters: readonly Pick<Character, 'id' | 'color'>[]): void
}

/** What scripts may want to know; sound and the state of the microphone are not part of it. */
const JSON_EVENTS: ReadonlySet<string> = new Set<ConversationEvent['type']>([
  'conversation_opened',
  'turn_started',
  'text_stream_start',
  'text_chunk',
  'text_stream_stop',
  'tool_use',
  'turn_ended',
  'interrupt_ack',
  'history_truncated',
  'error',
])

/** One JSON object a line: the events of docs/protocol.md. */
export class JsonDisplay implements Display {
  readonly #terminal: Terminal

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  show({ type, data }: ConversationEvent): void {
    if (JSON_EVENTS.has(type)) this.#terminal.out(`${JSON.stringify({ type, data })}\n`)
  }

  cast(): void {}
}

type Line = EventData<'text_stream_start'>

export interface TextDisplayOptions {
  /** Whether a lone speaker is named, too. */
  readonly namesEveryone: boolean
}

/** For people, and for pipes: the words as they come, rendered where the output is a terminal with colours. */
export class TextDisplay implements Display {
  readonly #terminal: Terminal
  readonly #options: TextDisplayOptions
  readonly #colors = new Map<string, string | null>()
  #markdown: MarkdownStream | undefined
  #responders = 0
  /** The message that is being written. */
  #line: Line | undefined
  #linesOfTurn = 0
  #isAtLineStart = true

  constructor(terminal: Terminal, options: TextDisplayOptions) {
    this.#terminal = terminal
    this.#options = options
  }

  cast(characters: readonly Pick<Character, 'id' | 'color'>[]): void {
    for (const { id, color } of characters) this.#colors.set(id, color)
  }

  show(event: ConversationEvent): void {
    switch (event.type) {
      case 'turn_started':
        this.#responders = event.data.responders.length
        this.#linesOfTurn = 0
        return
      case 'text_stream_start':
        return this.#startLine(event.data)
      case 'text_chunk':
        return this.#write(event.data.text)
      case 'text_stream_stop':
        return this.#endLine()
      case 'tool_use':
        return this.#toolUse(event.data)
      case 'turn_ended':
        return this.#endTurn(event.data)
      case 'error':
        this.#endLine()
        return this.#note(event.data.message, 'red')
      default:
    }
  }

  #startLine(line: Line): void {
    this.#endLine()
    this.#line = line
    this.#linesOfTurn += 1
    this.#markdown = this.#terminal.style.isColoured ? new MarkdownStream() : undefined
    const isNamed = this.#options.namesEveryone || this.#responders > 1 || this.#linesOfTurn > 1
    if (!isNamed) return
    const name = harmless(line.character_name)
    const goesOn = line.continues === undefined ? '' : '…'
    this.#print(`${this.#terminal.style.tint(name, this.#colors.get(line.character_id) ?? null)}: ${goesOn}`)
  }

  #write(text: string): void {
    this.#print(this.#markdown ? this.#markdown.push(text) : plain(text, this.#terminal))
  }

  #endLine(): void {
    if (!this.#line) return
    this.#line = undefined
    if (this.#markdown) this.#print(this.#markdown.end())
    this.#markdown = undefined
    if (!this.#isAtLineStart) this.#print('\n')
  }

  #toolUse({ character_name, name, arguments: given, result, is_error }: EventData<'tool_use'>): void {
    if (result === undefined) {
      this.#note(`${character_name} uses ${name} ${JSON.stringify(given)}`, 'dim')
    } else if (is_error) this.#note(`${name}: ${result}`, 'yellow')
  }

  #endTurn({ outcome }: EventData<'turn_ended'>): void {
    this.#endLine()
    if (outcome === 'interrupted') this.#note('interrupted', 'dim')
  }

  /** Beside the answer, not in it: on a terminal both are the same screen, so it gets a line of its own. */
  #note(text: string, name: 'red' | 'dim' | 'yellow'): void {
    const sharesScreen = this.#terminal.stdout.isTTY === true && !this.#isAtLineStart
    this.#terminal.say(`${sharesScreen ? '\n' : ''}${this.#terminal.noteStyle.paint(harmless(text), name)}`)
    if (sharesScreen) this.#isAtLineStart = true
  }

  #print(text: string): void {
    if (text === '') return
    this.#terminal.out(text)
    // oxlint-disable-next-line no-control-regex -- Escape sequences take no room on the screen.
    const visible = text.replaceAll(/\u001B\[[0-9;]*m/g, '')
    if (visible !== '') this.#isAtLineStart = visible.endsWith('\n')
  }
}

/** A pipe gets what was said to the letter; a terminal must not be steered by it. */
function plain(text: string, terminal: Terminal): string {
  return terminal.stdout.isTTY === true ? harmless(text) : text
}
