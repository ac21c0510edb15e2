import { APIError } from 'openai'
import { AppError } from '../../errors.ts'
import { type ReplyEvent } from '../contracts.ts'
import { openAiError } from '../openai-errors.ts'
import { type ChatChunk, readChatChunk } from './chat-chunk.ts'
import { ThinkTags } from './think-tags.ts'

/** About an hour of speech: a model that has not stopped by then never will. */
const MAX_REPLY_CHARACTERS = 60_000
const MAX_REASONING_CHARACTERS = 400_000

/** Reads the chunks of one reply, in order. */
export class ReplyReader {
  readonly #label: string
  readonly #thinkTags = new ThinkTags()
  readonly #characters = { text: 0, reasoning: 0 }
  #reason: ChatChunk['finishReason']
  #isTooLong = false
  #tokens: number | undefined

  /** @param label how sentences name the engine. */
  constructor(label: string) {
    this.#label = label
  }

  /** Whether the model has said that it is done; a token count may still come. */
  get isFinished(): boolean {
    return this.#reason !== undefined
  }

  /** Whether it is time to stop reading, done or not. */
  get isTooLong(): boolean {
    return this.#isTooLong
  }

  /** @throws AppError `engine_failed` if `data` is not a chunk of a chat completion. */
  read(data: unknown): ReplyEvent[] {
    const chunk = readChatChunk(data, this.#label)
    this.#reason ??= chunk.finishReason
    this.#tokens = chunk.tokens ?? this.#tokens
    const events = chunk.text === '' ? [] : this.#thinkTags.push(chunk.text)
    if (chunk.reasoning !== '') events.unshift({ type: 'reasoning', text: chunk.reasoning })
    for (const event of events) if (event.type === 'text' || event.type === 'reasoning') this.#count(event)
    return events
  }

  /**
   * What is left when no more chunks come: held back text, then the finish.
   * @throws AppError `engine_failed` if the model was not done.
   */
  end(): ReplyEvent[] {
    if (this.#reason === undefined) throw brokeOff(this.#label)
    const tokens = this.#tokens === undefined ? {} : { tokens: this.#tokens }
    return [...this.#thinkTags.flush(), { type: 'finish', reason: this.#reason, ...tokens }]
  }

  #count({ type, text }: { type: 'text' | 'reasoning'; text: string }): void {
    this.#characters[type] += text.length
    this.#isTooLong =
      this.#characters.text > MAX_REPLY_CHARACTERS || this.#characters.reasoning > MAX_REASONING_CHARACTERS
    if (this.#isTooLong) this.#reason = 'length'
  }
}

/** What went wrong in the middle of a stream: servers report it as an event with an `error` in it. */
export function streamError(label: string, thrown: unknown): AppError {
  if (!(thrown instanceof APIError) || thrown.status !== undefined) return openAiError(label, thrown)
  const body: unknown = thrown.error
  const status: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'code') : undefined
  const hasStatus = typeof status === 'number' && status >= 400 && status < 600
  return hasStatus
    ? openAiError(label, new APIError(status, thrown.error, undefined, undefined))
    : brokeOff(label, thrown)
}

function brokeOff(label: string, cause?: APIError): AppError {
  const words = cause ? ` (${cause.message.replaceAll(/\s+/gu, ' ').slice(0, 200)})` : ''
  return new AppError('engine_failed', `The ${label} broke off its answer${words}; try again`, { cause })
}
