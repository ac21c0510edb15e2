import { type Character, type CharacterDraft } from '#shared/entities.ts'
import { type Crud } from '../../crud/dispatch.ts'
import { AppError } from '../../errors.ts'
import { type Talkable } from '../core/contract.ts'
import { CHARACTER_PREFIX } from '../core/talkable.ts'
import { untagged } from './names.ts'

/** On characters that programs made: only those are written over when a program makes them again. */
export const MADE_HERE = 'ollama'

/** The name of a character that a program wants to make: `character:nova:latest` → `nova`. */
export function characterName(name: string): string {
  const bare = untagged(name.trim())
  return bare.toLowerCase().startsWith(CHARACTER_PREFIX) ? bare.slice(CHARACTER_PREFIX.length) : bare
}

/** @throws AppError `not_found` */
export async function characterOf(crud: Crud, talkable: Talkable): Promise<Character> {
  const answer = await crud.run('get_character', { id: idOf(talkable) })
  if (answer.type === 'character_data') return answer.data
  throw new AppError('internal', 'The library gave another answer than was asked for')
}

/** Into the trash. */
export async function deleteCharacter(crud: Crud, talkable: Talkable): Promise<void> {
  await crud.run('delete_character', { id: idOf(talkable) })
}

/** A character like this one, under another name. */
export function copyOf(source: Character, name: string): CharacterDraft {
  const { id: _id, revision: _revision, created_at: _created, updated_at: _updated, ...fields } = source
  return { ...fields, name, nickname: '', is_favourite: false, is_active: false }
}

export function idOf({ id }: Talkable): string {
  return id.slice(CHARACTER_PREFIX.length)
}
