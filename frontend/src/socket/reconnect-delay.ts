const FIRST_MS = 500
const LONGEST_MS = 15_000

/**
 * How long to wait before trying again: doubles from 0.5 s to 15 s, of which a random half is taken off,
 * so that many clients do not come back in the same moment.
 * @param attempt 1 for the first try after the line broke.
 * @param random 0 … 1
 */
export function reconnectDelayMs(attempt: number, random: number): number {
  const fullMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1))
  return fullMs * (1 - random / 2)
}
