import { type ConversationEvent, type EventData, type TurnOutcome } from '#shared/protocol/events.ts'
import { deferred } from '../lib/deferred.ts'

/** How a turn went. */
export interface TurnResult {
  readonly outcome: TurnOutcome
  readonly messageIds: readonly string[]
  readonly metrics: EventData<'turn_ended'>['metrics']
  /** What was said to go wrong. */
  readonly errors: readonly EventData<'error'>[]
}

/** Follows the turn that was just asked for, from its start to its end. */
export class TurnWatch {
  readonly #messageIds = new Set<string>()
  readonly #errors: EventData<'error'>[] = []
  readonly #result = deferred<TurnResult>()
  #epoch: number | undefined

  get result(): Promise<TurnResult> {
    return this.#result.promise
  }

  /** The next event of the connection. @returns whether the turn has ended with it. */
  follow(event: ConversationEvent): boolean {
    switch (event.type) {
      case 'turn_started':
        this.#epoch ??= event.data.epoch
        return false
      case 'text_stream_start':
        this.#messageIds.add(event.data.message_id)
        return false
      case 'error':
        this.#errors.push(event.data)
        // What fails before it has begun has no end of its own.
        return this.#epoch === undefined && this.#end('failed')
      case 'interrupt_ack':
        return this.#epoch === undefined && this.#end('interrupted')
      case 'turn_ended':
        return event.data.epoch === this.#epoch && this.#end(event.data.outcome, event.data.metrics)
      default:
        return false
    }
  }

  /** It will not end any more. */
  fail(error: unknown): void {
    this.#result.reject(error)
  }

  #end(outcome: TurnOutcome, metrics: TurnResult['metrics'] = {}): true {
    this.#result.resolve({ outcome, metrics, messageIds: [...this.#messageIds], errors: this.#errors })
    return true
  }
}
