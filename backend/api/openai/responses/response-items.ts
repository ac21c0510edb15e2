import { newId } from '../ids.ts'

/** What a response is made of, item by item; each is told as it grows, and as a whole when it is done. */

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete'

export interface ResponseEvent {
  readonly type: string
  readonly [field: string]: unknown
}

/** An item that grows: thoughts, or what is said. */
export class TextItem {
  readonly id: string
  readonly #kind: 'message' | 'reasoning'
  readonly #index: number
  #text = ''

  constructor(kind: 'message' | 'reasoning', index: number) {
    this.#kind = kind
    this.#index = index
    this.id = newId(kind === 'message' ? 'msg_' : 'rs_')
  }

  get kind(): 'message' | 'reasoning' {
    return this.#kind
  }

  get text(): string {
    return this.#text
  }

  *begin(): Generator<ResponseEvent> {
    const item = this.item('in_progress')
    yield { type: 'response.output_item.added', output_index: this.#index, item }
    yield { type: 'response.content_part.added', ...this.#place, part: this.#part('') }
  }

  grow(delta: string): ResponseEvent {
    this.#text += delta
    return { type: `response.${this.#name}.delta`, ...this.#place, delta, ...this.#logprobs }
  }

  *end(status: ItemStatus): Generator<ResponseEvent> {
    const text = this.#text
    yield { type: `response.${this.#name}.done`, ...this.#place, text, ...this.#logprobs }
    yield { type: 'response.content_part.done', ...this.#place, part: this.#part(text) }
    yield { type: 'response.output_item.done', output_index: this.#index, item: this.item(status) }
  }

  item(status: ItemStatus): object {
    const content = status === 'in_progress' ? [] : [this.#part(this.#text)]
    const { id } = this
    if (this.#kind === 'reasoning') return { type: 'reasoning', id, summary: [], content, status }
    return { type: 'message', id, role: 'assistant', status, content }
  }

  get #name(): string {
    return this.#kind === 'message' ? 'output_text' : 'reasoning_text'
  }

  get #place() {
    return { item_id: this.id, output_index: this.#index, content_index: 0 }
  }

  get #logprobs(): object {
    return this.#kind === 'message' ? { logprobs: [] } : {}
  }

  #part(text: string): object {
    if (this.#kind === 'reasoning') return { type: 'reasoning_text', text }
    return { type: 'output_text', text, annotations: [], logprobs: [] }
  }
}

export interface Call {
  readonly id: string
  readonly name: string
  readonly argumentsJson: string
}

/** A call comes whole, and is told in the steps in which others come bit by bit. */
export function* callEvents(
  { id, name, argumentsJson }: Call,
  index: number,
): Generator<ResponseEvent, object> {
  const itemId = newId('fc_')
  const place = { item_id: itemId, output_index: index }
  const item = (status: ItemStatus, given: string) => {
    return { type: 'function_call', id: itemId, call_id: id, name, arguments: given, status }
  }
  yield { type: 'response.output_item.added', output_index: index, item: item('in_progress', '') }
  yield { type: 'response.function_call_arguments.delta', ...place, delta: argumentsJson }
  yield { type: 'response.function_call_arguments.done', ...place, name, arguments: argumentsJson }
  const done = item('completed', argumentsJson)
  yield { type: 'response.output_item.done', output_index: index, item: done }
  return done
}
