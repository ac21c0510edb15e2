import { currentLanguage, t } from '../../i18n/index.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** When something was, in as few words as say it: `now`, `5 min`, `3 h`, `Tue`, `12 Mar`, `12 Mar 2025`. */
export function relativeTime(iso: string, nowMs: number, locale: string = currentLanguage()): string {
  const then = new Date(iso)
  const ageMs = nowMs - then.getTime()
  if (!Number.isFinite(ageMs)) return ''
  if (ageMs < MINUTE_MS) return t('conversations.now')
  if (ageMs < HOUR_MS) return t('conversations.minutes', { count: Math.floor(ageMs / MINUTE_MS) })
  if (ageMs < DAY_MS) return t('conversations.hours', { count: Math.floor(ageMs / HOUR_MS) })
  if (ageMs < 7 * DAY_MS) return then.toLocaleDateString(locale, { weekday: 'short' })
  const isThisYear = then.getFullYear() === new Date(nowMs).getFullYear()
  return then.toLocaleDateString(locale, {
    day: 'numeric',
    month: 'short',
    ...(isThisYear ? {} : { year: 'numeric' }),
  })
}
