import { type LlmError } from './llm-error.ts'

/** When a request that failed is made again. Only ever before the first word: afterwards a reply cannot be had twice. */
export interface RetryPolicy {
  /** How often, after the first try. */
  readonly maxRetries: number
  /** The first wait; each further one is twice as long. */
  readonly baseMs: number
  /** The longest wait, also when the server names one. */
  readonly maxMs: number
}

export const NO_RETRIES: RetryPolicy = { maxRetries: 0, baseMs: 0, maxMs: 0 }

/**
 * How long to wait before the next try.
 * @param retry which one it would be, from 0.
 * @param random 0 … 1: spreads clients that failed together.
 * @returns undefined if there is no use in another one, or the server wants to be left alone for longer than a
 *   listener can wait.
 */
export function retryDelayMs(
  policy: RetryPolicy,
  error: Pick<LlmError, 'isRetryable' | 'retryAfterMs'>,
  { retry, random }: { retry: number; random: number },
): number | undefined {
  if (retry >= policy.maxRetries || !error.isRetryable) return undefined
  if (error.retryAfterMs !== undefined) {
    return error.retryAfterMs <= policy.maxMs ? error.retryAfterMs : undefined
  }
  return Math.min(policy.maxMs, policy.baseMs * 2 ** retry) * (0.5 + random / 2)
}
