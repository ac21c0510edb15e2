import { type GenerateEvent } from '../../core/contract.ts'
import { dataFrame } from '../../event-stream.ts'
import { completionUsage } from '../usage.ts'
import { type AnswerHead, wireCall } from './chat-answer.ts'

export const DONE_FRAME = 'data: [DONE]\n\n'

/** The answer piece by piece, as it is made. The first chunk comes with the first word. */
export async function* chatFrames(
  head: AnswerHead,
  events: AsyncIterable<GenerateEvent>,
  hasUsage: boolean,
): AsyncGenerator<string> {
  const chunks = new ChatChunks(head, hasUsage)
  for await (const event of events) yield* chunks.framesOf(event)
  yield DONE_FRAME
}

class ChatChunks {
  readonly #head: AnswerHead
  readonly #hasUsage: boolean
  #calls = 0
  /** Who speaks is said once. */
  #opening: object | undefined = { role: 'assistant', content: '' }

  constructor(head: AnswerHead, hasUsage: boolean) {
    this.#head = head
    this.#hasUsage = hasUsage
  }

  *framesOf(event: GenerateEvent): Generator<string> {
    switch (event.type) {
      case 'load':
        return
      case 'text':
        yield this.#delta({ content: event.text })
        return
      case 'reasoning':
        yield this.#delta({ reasoning_content: event.text })
        return
      case 'tool_call':
        yield this.#delta({ tool_calls: [{ index: this.#calls, ...wireCall(event) }] })
        this.#calls += 1
        return
      default:
        if (this.#opening) yield this.#delta({})
        yield this.#chunk([{ index: 0, delta: {}, logprobs: null, finish_reason: event.reason }])
        if (this.#hasUsage) yield this.#chunk([], completionUsage(event.usage))
    }
  }

  #delta(more: object): string {
    const delta = { ...this.#opening, ...more }
    this.#opening = undefined
    return this.#chunk([{ index: 0, delta, logprobs: null, finish_reason: null }])
  }

  #chunk(choices: readonly object[], usage: object | null = null): string {
    const { id, created, model } = this.#head
    const told = this.#hasUsage ? { usage } : {}
    return dataFrame({ id, object: 'chat.completion.chunk', created, model, choices, ...told })
  }
}
