import { AppError } from '../../errors.ts'

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
}
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gu

/**
 * Reads `keep_alive`: seconds as a number, or a duration such as `5m` or `1h30m`.
 * @returns milliseconds; Infinity for anything negative; undefined if nothing was said.
 * @throws AppError `bad_message`
 */
export function keepAliveMs(value: number | string | null | undefined): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number') return value < 0 ? Infinity : value * 1_000
  const ms = durationMs(value)
  if (ms === undefined) throw new AppError('bad_message', `time: invalid duration ${JSON.stringify(value)}`)
  return ms < 0 ? Infinity : ms
}

/** `-1m30s` → -90000; undefined if it is none. A bare number is seconds, as people write it in settings. */
function durationMs(text: string): number | undefined {
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/su.exec(text.trim()) ?? []
  const direction = sign === '-' ? -1 : 1
  if (/^\d+$/u.test(rest)) return direction * Number(rest) * 1_000
  const parts = [...rest.matchAll(PART)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== rest) return undefined
  return (
    direction * parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNIT_MS[unit] ?? 0), 0)
  )
}
