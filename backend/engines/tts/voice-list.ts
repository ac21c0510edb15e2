import { type EngineVoice, type VoiceGender } from '../contracts.ts'

/** Far more than any engine has; what is beyond would only fill memory. */
const MOST_VOICES = 2_000
const LONGEST_ID_CHARS = 500

/**
 * The voices in a server's answer. There is no standard: `{ voices: […] }`, `{ data: […] }` or a bare list, of names or
 * of objects with a name under one of several keys.
 * @returns undefined if the answer is nothing of the kind.
 */
export function voicesIn(answer: unknown): EngineVoice[] | undefined {
  const list = listIn(answer)
  if (!list) return undefined
  const voices = new Map<string, EngineVoice>()
  for (const entry of list.slice(0, MOST_VOICES)) {
    const voice = voiceOf(entry)
    if (voice && !voices.has(voice.id)) voices.set(voice.id, voice)
  }
  return voices.size > 0 || list.length === 0 ? [...voices.values()] : undefined
}

/** A voice of which nothing but its id is known; many ids say more, e.g. `af_heart` or `de-DE-KatjaNeural`. */
export function voiceNamed(id: string): EngineVoice {
  const language = languageIn(id)
  const gender = /^[a-z]([fm])_/.exec(id)?.[1]
  return {
    id,
    name: nameIn(id),
    ...(language === undefined ? {} : { language }),
    ...(gender === undefined ? {} : { gender: gender === 'f' ? 'female' : 'male' }),
  }
}

function listIn(answer: unknown): readonly unknown[] | undefined {
  if (Array.isArray(answer)) return answer
  if (!isRecord(answer)) return undefined
  const list = answer['voices'] ?? answer['data'] ?? answer['items']
  if (Array.isArray(list)) return list
  // Some answer with an object whose keys are the names.
  return isRecord(list) ? Object.keys(list) : undefined
}

function voiceOf(entry: unknown): EngineVoice | undefined {
  if (typeof entry === 'string') return isId(entry) ? voiceNamed(entry) : undefined
  if (!isRecord(entry)) return undefined
  const id = textAt(entry, ['id', 'voice_id', 'voiceId', 'key', 'name', 'voice'])
  if (id === undefined || !isId(id)) return undefined
  const guessed = voiceNamed(id)
  const name = textAt(entry, ['display_name', 'label', 'name', 'title'])
  const language = textAt(entry, ['language', 'locale', 'lang', 'language_code']) ?? guessed.language
  const gender = genderIn(textAt(entry, ['gender', 'sex'])) ?? guessed.gender
  const description = textAt(entry, ['description', 'speaker_description', 'desc'])
  return {
    id,
    name: name === undefined || name === id ? guessed.name : name,
    ...(language === undefined ? {} : { language }),
    ...(gender === undefined ? {} : { gender }),
    ...(description === undefined ? {} : { description }),
  }
}

/** Kokoro's first letter is the language. */
const KOKORO_LANGUAGES: Readonly<Record<string, string>> = {
  a: 'en-US',
  b: 'en-GB',
  e: 'es',
  f: 'fr',
  h: 'hi',
  i: 'it',
  j: 'ja',
  p: 'pt-BR',
  z: 'zh',
}

function languageIn(id: string): string | undefined {
  const kokoro = /^([a-z])[fm]_/.exec(id)?.[1]
  if (kokoro !== undefined) return KOKORO_LANGUAGES[kokoro]
  // As Edge and Piper have it: `de-DE-KatjaNeural`, `en_GB-alba-medium`.
  const [, language, region] = /^([a-z]{2})[-_]([A-Z]{2})(?=[-_])/.exec(id) ?? []
  return language !== undefined && region !== undefined ? `${language}-${region}` : undefined
}

function nameIn(id: string): string {
  const bare = id.replace(/^[a-z][fm]_/, '').replace(/^[a-z]{2}[-_][A-Z]{2}[-_]/, '')
  const words = bare.replaceAll(/[_-]+/g, ' ').trim() || id
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function genderIn(text: string | undefined): VoiceGender | undefined {
  const word = text?.toLowerCase() ?? ''
  if (/^(?:f|female|woman)$/.test(word)) return 'female'
  if (/^(?:m|male|man)$/.test(word)) return 'male'
  return /^(?:n|neutral|diverse)$/.test(word) ? 'neutral' : undefined
}

function textAt(entry: Record<string, unknown>, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = entry[key]
    if (typeof value === 'string' && value.trim() !== '') return value.trim()
  }
  return undefined
}

function isId(text: string): boolean {
  return text.trim() !== '' && text.length <= LONGEST_ID_CHARS
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
