import { type Lorebook } from '#shared/entities.ts'
import { type LorebookStore } from '../store/contract.ts'

/** Books that are kept in memory; those that were not wanted for longest go first. */
const MAX_BOOKS = 64

/** One for all connections to a store: parsing a large book takes longer than everything else a prompt needs. */
const shelves = new WeakMap<LorebookStore, Map<string, Lorebook>>()

/** The books with these ids and all global ones, by name, as they are now; read again only when they have changed. */
export async function readLorebooks(store: LorebookStore, ids: Iterable<string>): Promise<Lorebook[]> {
  const shelf = shelves.get(store) ?? new Map<string, Lorebook>()
  shelves.set(store, shelf)
  const wanted = new Set(ids)
  const versions = await store.versions()
  const books: Lorebook[] = []
  for (const { lorebook_id, updated_at, is_global } of versions) {
    if (!is_global && !wanted.has(lorebook_id)) continue
    const known = shelf.get(lorebook_id)
    const book = known?.updated_at === updated_at ? known : await store.get(lorebook_id)
    shelf.delete(lorebook_id)
    shelf.set(lorebook_id, book)
    books.push(book)
  }
  prune(shelf, new Set(versions.map(({ lorebook_id }) => lorebook_id)))
  return books
}

function prune(shelf: Map<string, Lorebook>, existing: ReadonlySet<string>): void {
  for (const id of shelf.keys()) {
    if (shelf.size > MAX_BOOKS || !existing.has(id)) shelf.delete(id)
  }
}
