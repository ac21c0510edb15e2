import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { type Clock } from '../../lib/clock.ts'
import { gaSession } from './beta.ts'
import { SessionPatch } from './session-schema.ts'

/** Keys for pages and apps that must not know the token: they open sessions for a while, as their maker wants them. */

const MAX_SECRETS = 1_000
const DEFAULT_SECONDS = 600

export const SecretRequest = z
  .object({
    expires_after: z
      .object({
        anchor: z.literal('created_at').default('created_at'),
        seconds: z.number().int().min(10).max(7_200).default(DEFAULT_SECONDS),
      })
      .optional(),
    session: SessionPatch.default({ type: 'realtime' }),
  })
  .default({ session: { type: 'realtime' } })

/** The beta's request: the session itself. */
export const BetaSecretRequest = z
  .unknown()
  .transform((value) => gaSession(value ?? {}, 'realtime'))
  .pipe(SessionPatch)
export const BetaTranscriptionRequest = z
  .unknown()
  .transform((value) => gaSession(value ?? {}, 'transcription'))
  .pipe(SessionPatch)

export interface ClientSecret {
  readonly value: string
  /** Unix time, in seconds. */
  readonly expiresAt: number
  readonly session: SessionPatch
}

export class ClientSecrets {
  readonly #clock: Clock
  readonly #secrets = new Map<string, ClientSecret>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  create(session: SessionPatch, seconds = DEFAULT_SECONDS): ClientSecret {
    this.#forgetExpired()
    const [oldest] = this.#secrets.keys()
    if (this.#secrets.size >= MAX_SECRETS && oldest !== undefined) this.#secrets.delete(oldest)
    const value = `ek_${randomBytes(24).toString('hex')}`
    const secret = { value, expiresAt: Math.floor(this.#nowSeconds()) + seconds, session }
    this.#secrets.set(value, secret)
    return secret
  }

  /** Undefined if it was never given out, or no longer holds. */
  find(value: string): ClientSecret | undefined {
    this.#forgetExpired()
    return this.#secrets.get(value)
  }

  #forgetExpired(): void {
    const now = this.#nowSeconds()
    for (const { value, expiresAt } of this.#secrets.values()) {
      if (expiresAt <= now) this.#secrets.delete(value)
    }
  }

  #nowSeconds(): number {
    return this.#clock.date().getTime() / 1000
  }
}
