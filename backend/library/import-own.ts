import { type CardReport, type CharacterDraft } from '#shared/entities.ts'
import { type OnDuplicate } from '#shared/entities/import.ts'
import { findDuplicate } from './duplicates.ts'
import { type Imported } from './import-card.ts'
import { type LibraryDeps } from './library-deps.ts'

const NOTHING: CardReport = { repaired: [], ignored: [], kept: [] }

/** A character as Troupe writes it itself: it is as it was, without a file of its own. */
export async function importOwn(
  deps: LibraryDeps,
  draft: CharacterDraft,
  onDuplicate: OnDuplicate,
): Promise<Imported> {
  const { store, publish } = deps
  const known = await findDuplicate(deps, { character: draft, lorebook: null })
  const rest = { report: NOTHING, ...(known ? { duplicate_of: known.character.id } : {}) }
  if (known?.isSame && onDuplicate === 'skip')
    return { outcome: 'skipped', character: known.character, ...rest }
  if (known && onDuplicate === 'update') {
    const { voice_id: _voice, lorebook_ids: _books, is_active: _active, ...words } = draft
    const character = await store.characters.update({ ...words, id: known.character.id })
    publish({ type: 'character_updated', data: character }, undefined)
    return { outcome: 'updated', character, ...rest }
  }
  const character = await store.characters.create(draft)
  publish({ type: 'character_created', data: character }, undefined)
  return { outcome: 'created', character, ...rest }
}
