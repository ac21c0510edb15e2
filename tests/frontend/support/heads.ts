import { type CharacterHead } from '#shared/entities.ts'
import { character } from './things.ts'

/** A character as a list shows it. */
export function head(id: string, changes: Partial<CharacterHead> = {}): CharacterHead {
  const { description, ...one } = character(id, changes.name ?? `Name of ${id}`)
  return {
    id,
    name: one.name,
    nickname: one.nickname,
    color: one.color,
    voice_id: one.voice_id,
    image_url: one.image_url,
    tags: one.tags,
    is_favourite: one.is_favourite,
    is_active: one.is_active,
    creator: one.creator,
    revision: one.revision,
    created_at: one.created_at,
    updated_at: one.updated_at,
    tagline: description,
    token_count: 0,
    greeting_count: 0,
    has_lore: false,
    chat_count: 0,
    last_chat_at: null,
    ...changes,
  }
}
