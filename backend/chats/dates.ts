/** Seconds stay below this until the year 5138, milliseconds have been above it since 1973. */
const SMALLEST_MILLISECONDS = 100_000_000_000

/** `2024-10-18 @20h 52m 17s 123ms`, `2024-10-18@20h52m17s` */
const AT =
  /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})\s*@\s*(?<hour>\d{1,2})h\s*(?<minute>\d{1,2})m\s*(?<second>\d{1,2})s(?:\s*(?<ms>\d{1,3})ms)?$/u

/** `October 18, 2024 8:52pm`, `Oct 18, 2024 20:52` */
const NAMED =
  /^(?<name>[a-z]{3,9})\.?\s+(?<day>\d{1,2}),?\s+(?<year>\d{4})\s+(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2}))?\s*(?<half>[ap]\.?m\.?)?$/iu

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/u

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/**
 * When something was said, in any of the ways that chat programs write it; null, if it cannot be told. A time without
 * a zone is one of this machine's.
 */
export function readDate(value: unknown): Date | null {
  if (typeof value === 'number') return fromEpoch(value)
  if (typeof value !== 'string') return null
  const text = value.trim()
  if (/^\d{9,16}(?:\.\d+)?$/u.test(text)) return fromEpoch(Number(text))
  if (ISO.test(text)) return usable(new Date(text.replace(',', '.').replace(' ', 'T')))
  const groups = AT.exec(text)?.groups ?? NAMED.exec(text)?.groups
  return groups ? fromParts(groups) : null
}

function fromEpoch(count: number): Date | null {
  return count > 0 ? usable(new Date(count < SMALLEST_MILLISECONDS ? count * 1_000 : count)) : null
}

function fromParts(parts: Readonly<Record<string, string | undefined>>): Date | null {
  const number = (name: string): number => Number(parts[name] ?? 0)
  const month =
    parts['name'] === undefined
      ? number('month') - 1
      : MONTHS.indexOf(parts['name'].slice(0, 3).toLowerCase())
  const half = parts['half']?.charAt(0).toLowerCase()
  const hour = half === undefined ? number('hour') : (number('hour') % 12) + (half === 'p' ? 12 : 0)
  const isDay = month >= 0 && month < 12 && number('day') >= 1 && number('day') <= 31
  if (!isDay || hour > 23 || number('minute') > 59 || number('second') > 59) return null
  return usable(
    new Date(number('year'), month, number('day'), hour, number('minute'), number('second'), number('ms')),
  )
}

/** What can be stored: four digits of a year. */
function usable(date: Date): Date | null {
  const year = date.getUTCFullYear()
  return Number.isNaN(date.getTime()) || year < 1970 || year > 9999 ? null : date
}
