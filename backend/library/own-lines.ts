import { type Cast } from '../chats/own-format.ts'
import { type Store, type WholeMessage } from '../store/contract.ts'

/** Whom the ids of a file mean here: the same, or else whoever bears the name. */
export async function resolvedCast(store: Store, cast: Cast): Promise<ReadonlyMap<string, string>> {
  const here = await store.characters.getMany(cast.map(({ id }) => id))
  const ids = new Set(here.map(({ id }) => id))
  const resolved = new Map<string, string>()
  for (const { id, name } of cast) {
    const found = ids.has(id) ? id : await store.conversations.findSpeaker({ name })
    if (found !== undefined) resolved.set(id, found)
  }
  return resolved
}

export async function* ownLines(
  pieces: AsyncIterable<readonly WholeMessage[]>,
  cast: ReadonlyMap<string, string>,
): AsyncGenerator<readonly WholeMessage[]> {
  for await (const piece of pieces) {
    yield piece.map((message) => {
      const { character_id: id } = message
      return { ...message, character_id: id === null ? null : (cast.get(id) ?? null) }
    })
  }
}
