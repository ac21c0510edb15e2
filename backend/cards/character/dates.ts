/** Seconds since 1970, as cards of version 3 have them; undefined: it does not say. */
export function cardDate(written: unknown): number | undefined {
  if (typeof written === 'number') {
    // Seconds until the year 5138, else milliseconds.
    const seconds = written > 99_999_999_999 ? written / 1_000 : written
    return seconds > 0 ? Math.floor(seconds) : undefined
  }
  if (typeof written !== 'string') return undefined
  const ms = tavernDate(written) ?? Date.parse(written)
  return Number.isFinite(ms) && ms > 0 ? Math.floor(ms / 1_000) : undefined
}

/** `2024-10-18 @20h 52m 17s 123ms`, with and without spaces. */
function tavernDate(written: string): number | undefined {
  const parts =
    /^(\d{4})-(\d{1,2})-(\d{1,2})\s*@\s*(\d{1,2})h\s*(\d{1,2})m\s*(\d{1,2})s(?:\s*(\d{1,3})ms)?/.exec(written)
  if (!parts) return undefined
  const [year = 0, month = 1, day = 1, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map(Number)
  return Date.UTC(year, month - 1, day, hours, minutes, seconds)
}
