import { type Character } from '#shared/entities.ts'
import { type RequestParams } from '#shared/protocol/requests.ts'
import { type CharacterTable } from './character-table.ts'
import { type Database } from './database.ts'
import { folded } from './search-text.ts'

const MAX_TAGS = 200

type Change = RequestParams<'change_characters'>

/** The same change to many, all or none. Those that do not exist, or are so already, are left out. */
export function bulkChanges(
  { sqlite }: Database,
  { find, update, remove }: CharacterTable,
): (change: Change) => string[] {
  const changeOne = (character: Character, change: Change): boolean => {
    const { id } = character
    if (change.delete === true) {
      remove(id)
      return true
    }
    const tags = tagsAfter(character.tags, change)
    const is_favourite = change.is_favourite ?? character.is_favourite
    if (is_favourite === character.is_favourite && isSame(tags, character.tags)) return false
    update({ id, tags, is_favourite })
    return true
  }
  return sqlite.transaction((change: Change) =>
    [...new Set(change.ids)].filter((id) => {
      const character = find(id)
      return character !== undefined && changeOne(character, change)
    }),
  )
}

function tagsAfter(tags: readonly string[], { add_tags = [], remove_tags = [] }: Change): string[] {
  const removed = new Set(remove_tags.map(folded))
  const kept = tags.filter((tag) => !removed.has(folded(tag)))
  const known = new Set(kept.map(folded))
  for (const tag of add_tags) {
    if (known.has(folded(tag)) || kept.length >= MAX_TAGS) continue
    known.add(folded(tag))
    kept.push(tag)
  }
  return kept
}

function isSame(first: readonly string[], second: readonly string[]): boolean {
  return first.length === second.length && first.every((tag, index) => tag === second[index])
}
