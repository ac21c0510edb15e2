import { randomBytes } from 'node:crypto'
import { type ModelSettings } from '#shared/entities.ts'
import { type Clock } from '../lib/clock.ts'

/** How long a client that lost its connection may come back to where it was. */
const REMEMBERED_MS = 10 * 60_000
const MAX_REMEMBERED = 10_000

export interface Whereabouts {
  readonly conversationId: string
  readonly modelSettings: ModelSettings
}

/** Where clients were when they left, by the token they got when they came. */
export class SessionMemory {
  readonly #clock: Clock
  /** Clients that are here, or whose loss has not been noticed yet. */
  readonly #here = new Map<string, () => Whereabouts>()
  readonly #left = new Map<string, { whereabouts: Whereabouts; untilMs: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  newToken(): string {
    return randomBytes(24).toString('base64url')
  }

  /** While the client is here, `whereabouts` is asked. @returns a function to be called when it leaves. */
  follow(token: string, whereabouts: () => Whereabouts): () => void {
    this.#here.set(token, whereabouts)
    return () => {
      this.#here.delete(token)
      this.#remember(token, whereabouts())
    }
  }

  #remember(token: string, whereabouts: Whereabouts): void {
    this.#forgetOld()
    this.#left.set(token, { whereabouts, untilMs: this.#clock.nowMs() + REMEMBERED_MS })
  }

  recall(token: string): Whereabouts | undefined {
    this.#forgetOld()
    return this.#here.get(token)?.() ?? this.#left.get(token)?.whereabouts
  }

  /** The map is in the order of leaving, so the old ones come first. */
  #forgetOld(): void {
    for (const [token, { untilMs }] of this.#left) {
      if (untilMs > this.#clock.nowMs() && this.#left.size <= MAX_REMEMBERED) return
      this.#left.delete(token)
    }
  }
}
