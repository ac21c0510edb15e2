import { currentLanguage, t } from '../../i18n/index.ts'

/** The day a line was said on, where that is another than that of the line before; of the first, if not today. */
export function dayBetween(before: string | undefined, iso: string, now = new Date()): string {
  const day = new Date(iso)
  if (Number.isNaN(day.getTime())) return ''
  if (isSameDay(before === undefined ? now : new Date(before), day)) return ''
  return dayWords(day, now)
}

function dayWords(day: Date, now: Date): string {
  if (isSameDay(day, now)) return t('chat.today')
  if (isSameDay(day, new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1))) {
    return t('chat.yesterday')
  }
  const year = day.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const)
  return day.toLocaleDateString(currentLanguage(), {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...year,
  })
}

function isSameDay(one: Date, other: Date): boolean {
  return one.toDateString() === other.toDateString()
}
