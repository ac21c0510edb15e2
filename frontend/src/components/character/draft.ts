import { type Character, CharacterDraft } from '#shared/entities.ts'

/** What the editor holds: everything of a character that can be written. */
export type Draft = CharacterDraft
export type Problems = Partial<Record<keyof Draft, string>>

const WORDS: Problems = {
  name: 'A character needs a name, 200 letters at most.',
  color: 'A colour is written like #c05a3c.',
  image_url: 'This address is too long.',
  nickname: 'This may have 200 letters.',
  character_version: 'This may have 500 letters.',
  tags: 'A tag may have 500 letters.',
}

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
  return Object.fromEntries(
    fields.map((field) => [field, WORDS[field] ?? 'This is longer than can be kept.']),
  )
}

/** The fields in which a draft differs from what is stored. */
export function changesOf(draft: Draft, stored: Draft): Partial<Draft> {
  const changed = Object.entries(draft).filter(
    ([field, value]) => isField(field) && JSON.stringify(value) !== JSON.stringify(stored[field]),
  )
  return Object.fromEntries(changed)
}

function isField(value: unknown): value is keyof Draft {
  return typeof value === 'string' && value in CharacterDraft.shape
}
