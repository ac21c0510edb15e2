import { currentLanguage, type Language } from './index.ts'

/** One for each language, made when it is first needed: formatters of `Intl` are slow to make. */
export function perLanguage<Made>(make: (language: Language) => Made): () => Made {
  const known = new Map<Language, Made>()
  return () => {
    const language = currentLanguage()
    const made = known.get(language) ?? make(language)
    known.set(language, made)
    return made
  }
}
