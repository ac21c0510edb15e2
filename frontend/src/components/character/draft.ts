import { type Character, CharacterDraft } from '#shared/entities.ts'
import { t } from '../../i18n/index.ts'

/** What the editor holds: everything of a character that can be written. */
export type Draft = CharacterDraft
export type Problems = Partial<Record<keyof Draft, string>>

export const FIELDS: readonly (keyof Draft)[] = CharacterDraft.keyof().options

const WORDS = ['name', 'color', 'image_url', 'nickname', 'character_version', 'creator', 'tags'] as const

export function emptyDraft(): Draft {
  return { ...CharacterDraft.parse({ name: 'New' }), name: '' }
}

export function draftOf(character: Character): Draft {
  return CharacterDraft.parse(character)
}

/** What is wrong with a draft, by field, in words. Empty when it can be saved. */
export function problemsOf(draft: Draft): Problems {
  const result = CharacterDraft.safeParse(draft)
  if (result.success) return {}
  const fields = result.error.issues.flatMap(({ path }) => (isField(path[0]) ? [path[0]] : []))
  return Object.fromEntries(fields.map((field) => [field, wordsFor(field)]))
}

/** The fields in which a draft differs from what is stored, as they would be stored. */
export function changesOf(draft: Draft, stored: Draft): Partial<Draft> {
  const kept = CharacterDraft.safeParse(draft).data ?? draft
  const changed = FIELDS.filter((field) => !isSame(kept[field], stored[field]))
  return Object.fromEntries(changed.map((field) => [field, kept[field]]))
}

export function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}

/** What a field is called on the page. */
export function fieldName(field: keyof Draft): string {
  return t(`library.fields.${field}`)
}

function wordsFor(field: keyof Draft): string {
  const known = WORDS.find((one) => one === field)
  return known === undefined ? t('library.problems.tooLong') : t(`library.problems.${known}`)
}

function isField(value: unknown): value is keyof Draft {
  return typeof value === 'string' && value in CharacterDraft.shape
}
