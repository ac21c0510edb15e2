import { z } from 'zod'
import { AppError } from '../errors.ts'
import { defineTool, type Tool } from './contracts.ts'

/** @param serverTimeZone IANA name of the zone that is meant where none is said. */
export function createCurrentTime(serverTimeZone: string): Tool {
  return defineTool({
    name: 'current_time',
    description: `Tells the date, the weekday and the time, here (${serverTimeZone}) or in another time zone.`,
    parameters: z.object({
      time_zone: z
        .string()
        .max(100)
        .optional()
        .describe('IANA name such as Europe/Berlin; leave it out for the time here.'),
    }),
    timeLimitMs: 1_000,
    async run({ time_zone: asked }, { clock }) {
      const timeZone = asked?.trim() ? zoneCalled(asked.trim()) : serverTimeZone
      return spelledOut(clock.date(), timeZone)
    },
  })
}

function spelledOut(date: Date, timeZone: string): string {
  const day = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'full' }).format(date)
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'short', hourCycle: 'h23' }).format(
    date,
  )
  return `${day}, ${time} in ${timeZone}`
}

/** Models say "Tokyo" and "new york" where they should say "Asia/Tokyo". */
function zoneCalled(name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch (cause) {
    const city = `/${name.toLowerCase().replaceAll(' ', '_')}`
    const zone = Intl.supportedValuesOf('timeZone').find((known) => known.toLowerCase().endsWith(city))
    if (zone !== undefined) return zone
    throw new AppError('invalid', `There is no time zone "${name}"; use an IANA name such as Europe/Berlin`, {
      cause,
    })
  }
}
