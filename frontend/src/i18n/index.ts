import { createI18n } from 'vue-i18n'
import { en } from '../locales/en.ts'
import { type Translated } from '../locales/translated.ts'

/** The languages of the interface, in their own words. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof LANGUAGES

type Words = Translated<typeof en>

const KEPT_AS = 'troupe.language'

export const i18n = createI18n<[Words], Language, false>({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  // German speaks English until it has been fetched.
  messages: { en, de: en },
})

/**
 * What the interface says under this key, in the language chosen. Reactive wherever it is called in a template or a
 * computed value.
 */
export const t = i18n.global.t

/** The language this browser was last set to, else the first of its own that we have. */
export function preferredLanguage(): Language {
  const kept = localStorage.getItem(KEPT_AS)
  const wanted = [...(kept === null ? [] : [kept]), ...navigator.languages]
  return wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en'
}

/** Other languages than English are fetched when they are chosen. */
export async function speak(language: Language): Promise<void> {
  if (language === 'de') i18n.global.setLocaleMessage('de', (await import('../locales/de.ts')).de)
  i18n.global.locale.value = language
  document.documentElement.lang = language
}

export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEPT_AS, language)
  await speak(language)
}

export const currentLanguage = (): Language => i18n.global.locale.value

export function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(LANGUAGES, tag)
}
