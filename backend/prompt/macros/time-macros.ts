import { type CallContext, type MacroHandler } from './macro-env.ts'

/** Macros of the clock and the calendar, in English as cards expect them. */
export const TIME_MACROS: Readonly<Record<string, MacroHandler>> = {
  time: ([zone], call) => (zone === undefined ? timeOf(here(call)) : timeAt(zone, call)),
  time_utc: ([offset = ''], call) => timeAt(`UTC${offset}`, call),
  date: (_args, call) => format(here(call), 'MMMM D, YYYY'),
  weekday: (_args, call) => format(here(call), 'dddd'),
  isotime: (_args, call) => format(here(call), 'HH:mm'),
  isodate: (_args, call) => format(here(call), 'YYYY-MM-DD'),
  datetimeformat: ([pattern = ''], call) => format(here(call), pattern),
  idleduration: (_args, { env }) =>
    env.lastUserAt ? spanText(env.now.getTime() - env.lastUserAt.getTime()) : 'just now',
  idle_duration: (args, call) => TIME_MACROS['idleduration']?.(args, call),
  timediff: ([from = '', to = '']) => {
    const spanMs = Date.parse(from) - Date.parse(to)
    return Number.isNaN(spanMs) ? undefined : spanText(spanMs)
  },
}

interface Moment {
  readonly date: Date
  readonly timeZone: string | undefined
}

function here({ env }: CallContext): Moment {
  return { date: env.now, timeZone: env.timeZone }
}

function timeAt(zone: string, { env }: CallContext): string | undefined {
  const match = /^(?:UTC|GMT)?([+-]?\d{1,2})(?::(\d{2}))?$/i.exec(zone.trim())
  if (!match) return undefined
  const hours = Number(match[1])
  const minutes = Number(match[2] ?? 0) * (hours < 0 ? -1 : 1)
  const shifted = new Date(env.now.getTime() + (hours * 60 + minutes) * 60_000)
  return timeOf({ date: shifted, timeZone: 'UTC' })
}

function timeOf(moment: Moment): string {
  return format(moment, 'h:mm A')
}

const PATTERN = /\[([^\]]*)\]|YYYY|YY|MMMM|MMM|MM|M|Do|DD|D|dddd|ddd|HH|H|hh|h|mm|m|ss|s|A|a|LT|LL/g

/** Formats with the tokens of moment.js that cards use; text between brackets is left alone. */
function format({ date, timeZone }: Moment, pattern: string): string {
  const parts = partsOf(date, timeZone)
  return pattern
    .slice(0, 500)
    .replaceAll(PATTERN, (token, literal?: string) => literal ?? parts[token] ?? token)
}

function partsOf(date: Date, timeZone: string | undefined): Readonly<Record<string, string>> {
  const fields = fieldsOf(date, timeZone)
  const [days, times] = [dateParts(fields), timeParts(fields)]
  const [LT, LL] = [`${times.h}:${times.mm} ${times.A}`, `${days.MMMM} ${days.D}, ${days.YYYY}`]
  return { ...days, ...times, LT, LL }
}

type Fields = Readonly<Record<string, string>>

function dateParts({ year: YYYY = '', month: M = '', day: D = '', weekday: dddd = '' }: Fields) {
  const MMMM = MONTHS[Number(M) - 1] ?? ''
  return {
    YYYY,
    YY: YYYY.slice(-2),
    MMMM,
    MMM: MMMM.slice(0, 3),
    MM: M.padStart(2, '0'),
    M,
    DD: D.padStart(2, '0'),
    D,
    Do: ordinal(Number(D)),
    dddd,
    ddd: dddd.slice(0, 3),
  }
}

function timeParts({ hour: HH = '', minute: mm = '', second: ss = '' }: Fields) {
  const h = String(Number(HH) % 12 || 12)
  const A = Number(HH) < 12 ? 'AM' : 'PM'
  return {
    HH,
    H: String(Number(HH)),
    hh: h.padStart(2, '0'),
    h,
    mm,
    m: String(Number(mm)),
    ss,
    s: String(Number(ss)),
    A,
    a: A.toLowerCase(),
  }
}

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
)

function fieldsOf(date: Date, timeZone: string | undefined): Readonly<Record<string, string>> {
  const formatter = new Intl.DateTimeFormat('en-US', {
    ...(timeZone === undefined ? {} : { timeZone }),
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
  return Object.fromEntries(formatter.formatToParts(date).map(({ type, value }) => [type, value]))
}

function ordinal(day: number): string {
  const isTeen = day >= 11 && day <= 13
  const ending = isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th')
  return `${day}${ending}`
}

const UNITS = [
  [365 * 86_400_000, 'year'],
  [30 * 86_400_000, 'month'],
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
] as const

/** `5 minutes`, `a day`: about how long. */
function spanText(spanMs: number): string {
  const size = Math.abs(spanMs)
  for (const [unitMs, unit] of UNITS) {
    const count = Math.round(size / unitMs)
    if (size >= unitMs) return count === 1 ? `${unit === 'hour' ? 'an' : 'a'} ${unit}` : `${count} ${unit}s`
  }
  return 'a few seconds'
}
