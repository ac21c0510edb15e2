import { perLanguage } from '../../i18n/per-language.ts'

const STEPS = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

const ages = perLanguage((language) => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }))
const days = perLanguage((language) => new Intl.DateTimeFormat(language, { dateStyle: 'medium' }))
const amounts = perLanguage((language) => new Intl.NumberFormat(language))

/** `3 days ago`, in the language of the interface. */
export function ago(iso: string, nowMs: number = Date.now()): string {
  const passedMs = nowMs - Date.parse(iso)
  const [unit, unitMs] = STEPS.find(([, ms]) => passedMs >= ms) ?? ['minute', 60_000]
  return ages().format(-Math.max(0, Math.floor(passedMs / unitMs)), unit)
}

/** `12 Mar 2026`, in the language of the interface. */
export function day(iso: string): string {
  return days().format(new Date(iso))
}

/** `12,345`, in the language of the interface. */
export function amount(count: number): string {
  return amounts().format(count)
}
