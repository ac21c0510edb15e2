import { t } from '../i18n/index.ts'
import { type ServerEvent } from '#shared/protocol/events.ts'
import { type Clock } from './clock.ts'
import { RequestError } from './request-error.ts'

const PATIENCE_MS = 30_000

interface Pending {
  readonly settle: (answer: ServerEvent | RequestError) => void
}

/** Requests that wait for the frame with their `id`. */
export class PendingRequests {
  readonly #clock: Clock
  readonly #pending = new Map<string, Pending>()
  #lastId = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  nextId(): string {
    this.#lastId += 1
    return `r${this.#lastId}`
  }

  /**
   * @returns the answer's data.
   * @throws RequestError if the answer is an error, none comes within 30 s, or the line breaks.
   */
  expect<Answer extends ServerEvent>(
    id: string,
    isAnswer: (event: ServerEvent) => event is Answer,
  ): Promise<Answer['data']> {
    return new Promise((resolve, reject) => {
      const cancelTimeout = this.#clock.after(PATIENCE_MS, () => {
        settle(new RequestError('timeout', t('common.timeout')))
      })
      const settle = (answer: ServerEvent | RequestError): void => {
        cancelTimeout()
        this.#pending.delete(id)
        if (answer instanceof RequestError) reject(answer)
        else if (isAnswer(answer)) resolve(answer.data)
        else reject(errorOf(answer))
      }
      this.#pending.set(id, { settle })
    })
  }

  /**
   * Hands a frame to the request it answers.
   * @returns whether there was one.
   */
  settle(event: ServerEvent): boolean {
    const pending = event.id === undefined ? undefined : this.#pending.get(event.id)
    pending?.settle(event)
    return pending !== undefined
  }

  /** The line broke: nothing is retried, because nobody knows what was done. */
  rejectAll(): void {
    for (const { settle } of this.#pending.values()) {
      settle(new RequestError('offline', t('common.brokeOff')))
    }
  }
}

function errorOf(event: ServerEvent): RequestError {
  if (event.type === 'error') return new RequestError(event.data.code, event.data.message)
  if (event.type === 'db_error') return new RequestError(event.data.code, event.error)
  return new RequestError('bad_message', `The server answered with "${event.type}"`)
}
