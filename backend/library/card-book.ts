import { type Character, type LoreEntry, type Lorebook } from '#shared/entities.ts'
import { type Store } from '../store/contract.ts'

type Shelf = Pick<Store, 'lorebooks' | 'originals'>

/** The format under which a lorebook is known that came inside of a card. */
export const IN_CARD = 'card'

/** Those of a character's lorebooks that are there: it still names the ones in the trash, which may come back. */
async function bookIdsOf({ lorebooks }: Shelf, { lorebook_ids }: Character): Promise<string[]> {
  if (lorebook_ids.length === 0) return []
  const there = new Set((await lorebooks.versions()).map(({ lorebook_id }) => lorebook_id))
  return lorebook_ids.filter((id) => there.has(id))
}

/** The lorebook that came with a character's own card. */
export async function ownBookId(shelf: Shelf, character: Character): Promise<string | undefined> {
  const card = await shelf.originals.find('character', character.id)
  if (!card) return undefined
  for (const bookId of await bookIdsOf(shelf, character)) {
    const book = await shelf.originals.find('lorebook', bookId)
    if (book?.format === IN_CARD && book.hash === card.hash) return bookId
  }
  return undefined
}

/**
 * All that a character's lorebooks know, as the one book that a card can hold: its own one first. Entries of the others
 * bring along what their book says for all of them.
 */
export async function bookForCard(shelf: Shelf, character: Character): Promise<Lorebook | null> {
  const own = await ownBookId(shelf, character)
  const all = await bookIdsOf(shelf, character)
  const ids = own === undefined ? all : [own, ...all.filter((id) => id !== own)]
  const books = await Promise.all(ids.map((id) => shelf.lorebooks.get(id)))
  const [first, ...others] = books
  if (!first) return null
  if (others.length === 0) return first
  return { ...first, entries: [...first.entries, ...others.flatMap(entriesOf)] }
}

function entriesOf(book: Lorebook): LoreEntry[] {
  const { lorebook_id, scan_depth, is_case_sensitive, matches_whole_words } = book
  return book.entries.map((entry) => ({
    scan_depth,
    is_case_sensitive,
    matches_whole_words,
    ...entry,
    id: `${lorebook_id}/${entry.id}`.slice(-200),
  }))
}
