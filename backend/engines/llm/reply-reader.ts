import { type ReplyEvent } from '../contracts.ts'
import { brokeOff, LlmError } from './llm-error.ts'
import { type FinishReason, type ReplyChunk, type ThoughtOrText, type Usage } from './reply-chunk.ts'
import { StopTexts } from './stop-texts.ts'
import { ThinkTags } from './think-tags.ts'
import { ToolPieces } from './tool-pieces.ts'

/** About an hour of speech: a model that has not stopped by then never will. */
const MAX_REPLY_CHARACTERS = 60_000
const MAX_REASONING_CHARACTERS = 400_000

export interface ReplyReaderOptions {
  /** How sentences name the engine. */
  readonly label: string
  /** Texts at which the reply ends and which the server was not told. */
  readonly stops?: readonly string[]
  /** Whether the prompt itself makes the model begin with thoughts. */
  readonly startsThinking?: boolean | undefined
  /** 0 … 1, for the ids of tool calls that come without. */
  readonly random: () => number
}

/** A part of a reply, as it is given out. */
export type ReplyPart = Exclude<ReplyEvent, { type: 'finish' }>

/** Reads the chunks of one reply, in order. */
export class ReplyReader {
  readonly #options: ReplyReaderOptions
  readonly #thinkTags: ThinkTags
  readonly #stopTexts: StopTexts
  readonly #tools = new ToolPieces()
  readonly #characters = { text: 0, reasoning: 0 }
  #reason: FinishReason | undefined
  #isTooLong = false
  #usage: Usage = {}

  constructor(options: ReplyReaderOptions) {
    this.#options = options
    this.#thinkTags = new ThinkTags(options.startsThinking)
    this.#stopTexts = new StopTexts(options.stops ?? [])
  }

  /** Whether the model has said that it is done; a token count may still come. */
  get isFinished(): boolean {
    return this.#reason !== undefined
  }

  /** Whether it is time to stop reading, done or not. */
  get isFull(): boolean {
    return this.#isTooLong || this.#stopTexts.isStopped
  }

  get hasText(): boolean {
    return this.#characters.text > 0
  }

  get usage(): Usage {
    return this.#usage
  }

  read(chunk: ReplyChunk): ThoughtOrText[] {
    this.#reason ??= chunk.finishReason
    if (chunk.usage) this.#usage = chunk.usage
    for (const piece of chunk.toolPieces) this.#tools.push(piece)
    const parts = chunk.text === '' ? [] : this.#cut(this.#thinkTags.push(chunk.text))
    if (chunk.reasoning !== '') parts.unshift({ type: 'reasoning', text: chunk.reasoning })
    for (const part of parts) this.#count(part)
    return parts
  }

  /**
   * What is left when no more chunks come: held back text, tool calls, then the finish.
   * @throws LlmError `engine_failed` if the model was not done, `content_filter` if it was not allowed a word.
   */
  end(): { parts: ReplyPart[]; reason: FinishReason } {
    const reason = this.#reason
    const { label, random } = this.#options
    if (reason === undefined) throw brokeOff(label)
    const left = this.#cut(this.#thinkTags.flush())
    const held = this.#stopTexts.flush()
    if (held !== '') left.push({ type: 'text', text: held })
    const calls = this.#tools.calls(random).map((call) => ({ type: 'tool_call' as const, ...call }))
    if (reason === 'content_filter' && !this.hasText && left.length === 0) throw filtered(label)
    const isCalling = calls.length > 0 && reason === 'stop'
    return { parts: [...left, ...calls], reason: isCalling ? 'tool_calls' : reason }
  }

  #cut(parts: readonly ThoughtOrText[]): ThoughtOrText[] {
    return parts.flatMap((part) => {
      if (part.type === 'reasoning') return [part]
      const text = this.#stopTexts.push(part.text)
      if (this.#stopTexts.isStopped) this.#reason ??= 'stop'
      return text === '' ? [] : [{ type: 'text' as const, text }]
    })
  }

  #count({ type, text }: ThoughtOrText): void {
    this.#characters[type] += text.length
    this.#isTooLong =
      this.#characters.text > MAX_REPLY_CHARACTERS || this.#characters.reasoning > MAX_REASONING_CHARACTERS
    if (this.#isTooLong) this.#reason = 'length'
  }
}

function filtered(label: string): LlmError {
  const message = `The ${label} held back its answer (content filter): put it differently, or use another model`
  return new LlmError({ kind: 'content_filter', code: 'engine_rejected', message })
}
