import { type DoorMessage, type GenerateEvent } from '../../core/contract.ts'
import { failureOf } from '../errors.ts'
import { callEvents, type ItemStatus, type ResponseEvent, TextItem } from './response-items.ts'
import { responseObject, type ResponseHead, type ResponseState } from './response-object.ts'
import { calling } from './response-request.ts'

type Finish = Extract<GenerateEvent, { type: 'finish' }>

/** Writes one response: its events in their order, and the object that grows with them. */
export class ResponseWriter {
  readonly #head: ResponseHead
  readonly #output: object[] = []
  /** What it said and called, for whoever goes on from it; by the ids of the items. */
  readonly #said = new Map<string, DoorMessage>()
  #open: TextItem | undefined
  #state: ResponseState

  constructor(head: ResponseHead) {
    this.#head = head
    this.#state = { status: 'in_progress', output: [] }
  }

  get response(): object {
    return responseObject(this.#head, { ...this.#state, output: [...this.#output] })
  }

  get said(): ReadonlyMap<string, DoorMessage> {
    return this.#said
  }

  *begin(): Generator<ResponseEvent> {
    yield { type: 'response.created', response: this.response }
    yield { type: 'response.in_progress', response: this.response }
  }

  *take(event: GenerateEvent, completedAt: number): Generator<ResponseEvent> {
    switch (event.type) {
      case 'load':
        return
      case 'text':
        yield* this.#grow('message', event.text)
        return
      case 'reasoning':
        yield* this.#grow('reasoning', event.text)
        return
      case 'tool_call': {
        yield* this.#close('completed')
        const done = yield* callEvents(event, this.#output.length)
        this.#output.push(done)
        this.#said.set(String(Reflect.get(done, 'id')), calling(event.id, event.name, event.argumentsJson))
        return
      }
      default:
        yield* this.#end(event, completedAt)
    }
  }

  /** It could not be brought to its end; what was said until then stays. */
  *fail(thrown: unknown): Generator<ResponseEvent> {
    const { status, body } = failureOf(thrown)
    const code = status === 429 ? 'rate_limit_exceeded' : status === 400 ? 'invalid_prompt' : 'server_error'
    yield* this.#close('incomplete')
    this.#state = { ...this.#state, status: 'failed', error: { code, message: body.error.message } }
    yield { type: 'response.failed', response: this.response }
  }

  *#grow(kind: 'message' | 'reasoning', text: string): Generator<ResponseEvent> {
    if (this.#open?.kind !== kind) {
      yield* this.#close('completed')
      this.#open = new TextItem(kind, this.#output.length)
      yield* this.#open.begin()
    }
    yield this.#open.grow(text)
  }

  *#close(status: ItemStatus): Generator<ResponseEvent> {
    const item = this.#open
    if (!item) return
    this.#open = undefined
    yield* item.end(status)
    this.#output.push(item.item(status))
    if (item.kind === 'message') {
      this.#said.set(item.id, { role: 'assistant', parts: [{ type: 'text', text: item.text }] })
    }
  }

  *#end({ reason, usage }: Finish, completedAt: number): Generator<ResponseEvent> {
    const isCut = reason === 'length' || reason === 'content_filter'
    // Something is always said, be it nothing.
    if (this.#output.length === 0 && !this.#open) yield* this.#grow('message', '')
    yield* this.#close(isCut ? 'incomplete' : 'completed')
    this.#state = isCut
      ? {
          ...this.#state,
          status: 'incomplete',
          usage,
          incompleteReason: reason === 'length' ? 'max_output_tokens' : 'content_filter',
        }
      : { ...this.#state, status: 'completed', usage, completedAt }
    yield { type: isCut ? 'response.incomplete' : 'response.completed', response: this.response }
  }
}
