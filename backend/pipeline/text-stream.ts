import { type Clock } from '../lib/clock.ts'
import { lineOf } from './message-line.ts'
import { type SpokenMessage } from './turn.ts'
import { type TurnGate } from './turn-gate.ts'

/** Models give out a word every few milliseconds; nobody reads that fast, and every frame has its price. */
const CHUNK_EVERY_MS = 40

/** The text of one message on its way to the client: the first words at once, the rest as often as the eye can follow. */
export class TextStream {
  readonly #clock: Clock
  readonly #gate: TurnGate
  readonly #message: SpokenMessage
  #waiting = ''
  #sentAtMs = -Infinity
  #cancel: (() => void) | undefined

  constructor(deps: { clock: Clock; gate: TurnGate }, message: SpokenMessage) {
    this.#clock = deps.clock
    this.#gate = deps.gate
    this.#message = message
  }

  start(): void {
    const { turn, content } = this.#message
    const data = { ...lineOf(this.#message), ...(content === '' ? {} : { continues: content }) }
    this.#gate.send(turn, { type: 'text_stream_start', data })
  }

  push(text: string): void {
    this.#waiting += text
    const waitMs = this.#sentAtMs + CHUNK_EVERY_MS - this.#clock.nowMs()
    if (waitMs <= 0) this.#flush()
    else this.#cancel ??= this.#clock.after(waitMs, () => this.#flush())
  }

  /** The message is whole, and stored. */
  end(): void {
    this.#flush()
    const { turn, content } = this.#message
    const line = lineOf(this.#message)
    this.#gate.send(turn, { type: 'text_chunk', data: { ...line, text: '', is_final: true } })
    this.#gate.send(turn, { type: 'text_stream_stop', data: { ...line, text: content } })
  }

  #flush(): void {
    this.#cancel?.()
    this.#cancel = undefined
    if (this.#waiting === '') return
    const data = { ...lineOf(this.#message), text: this.#waiting, is_final: false }
    if (this.#gate.isOpen(this.#message.turn)) this.#message.shownLength += this.#waiting.length
    this.#waiting = ''
    this.#sentAtMs = this.#clock.nowMs()
    this.#gate.send(this.#message.turn, { type: 'text_chunk', data })
  }
}
