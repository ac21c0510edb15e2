import { type Lorebook } from '#shared/entities.ts'
import { type CompiledBook, compileBook } from './compiled-book.ts'

const MAX_BOOKS = 64

const byIdentity = new WeakMap<Lorebook, CompiledBook>()
const byVersion = new Map<string, CompiledBook>()

/** A book ready to be searched; made once per version of it. */
export function compiledBook(book: Lorebook): CompiledBook {
  const same = byIdentity.get(book)
  if (same) return same
  const version = versionOf(book)
  const compiled = byVersion.get(version) ?? compileBook(book)
  byIdentity.set(book, compiled)
  byVersion.delete(version)
  byVersion.set(version, compiled)
  for (const oldest of byVersion.keys()) {
    if (byVersion.size <= MAX_BOOKS) break
    byVersion.delete(oldest)
  }
  return compiled
}

/** Two changes may carry the same millisecond: the sizes tell them apart. */
function versionOf({ lorebook_id, updated_at, entries }: Lorebook): string {
  let characters = 0
  let keys = 0
  for (const entry of entries) {
    characters += entry.content.length
    keys += entry.keys.length
  }
  return [lorebook_id, updated_at, entries.length, characters, keys].join(' ')
}
