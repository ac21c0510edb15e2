import { isDeepStrictEqual } from 'node:util'
import { type Character, type CharacterDraft } from '#shared/entities.ts'
import { type ReadCard } from '../cards/contract.ts'
import { type LibraryDeps } from './library-deps.ts'

/** A character that is there already. */
export interface Duplicate {
  readonly character: Character
  /** Whether it is the same to the letter, and not another version of it. */
  readonly isSame: boolean
}

export interface Candidate {
  /** Of the file; of what is in a list with others, none. */
  readonly hash?: string
  readonly character: CharacterDraft
  readonly lorebook: ReadCard['lorebook']
}

/** Namesakes that are looked at. */
const MAX_NAMESAKES = 30

/** What belongs to the library and not to the card: two that differ in nothing else are the same. */
const OF_THE_LIBRARY = {
  voice_id: null,
  color: null,
  image_url: null,
  images: [],
  lorebook_ids: [],
  is_active: false,
  is_favourite: false,
} satisfies Partial<CharacterDraft>

/**
 * Looks for the character that a file would bring once more: from the same file, with the same words (as another
 * program may have packed them differently), or else by the same creator under the same name.
 */
export async function findDuplicate(deps: LibraryDeps, candidate: Candidate): Promise<Duplicate | undefined> {
  const twin = await fromSameFile(deps, candidate.hash)
  if (twin) return { character: twin, isSame: true }
  const namesakes = await namesakesOf(deps, candidate.character.name)
  for (const character of namesakes) {
    if (await hasSameWords(deps, character, candidate)) return { character, isSame: true }
  }
  const { creator } = candidate.character
  const earlier = namesakes.find((known) => creator !== '' && equalFolded(known.creator, creator))
  return earlier && { character: earlier, isSame: false }
}

async function fromSameFile(
  { store }: LibraryDeps,
  hash: string | undefined,
): Promise<Character | undefined> {
  if (hash === undefined) return undefined
  const originals = await store.originals.withHash(hash)
  const ids = originals.filter(({ kind }) => kind === 'character').map(({ id }) => id)
  return (await store.characters.getMany(ids))[0]
}

async function namesakesOf({ store }: LibraryDeps, name: string): Promise<Character[]> {
  const query = `"${name.replaceAll('"', ' ')}"`
  const { heads } = await store.characters.heads({ query, limit: 200 })
  const ids = heads.filter((head) => equalFolded(head.name, name)).map(({ id }) => id)
  return await store.characters.getMany(ids.slice(0, MAX_NAMESAKES))
}

/** As it came, or as it has become. */
async function hasSameWords(deps: LibraryDeps, known: Character, candidate: Candidate): Promise<boolean> {
  const words = wordsOf(candidate.character)
  if (isDeepStrictEqual(wordsOf(known), words) && candidate.lorebook === null) return true
  const original = await deps.store.originals.find('character', known.id)
  if (!original) return false
  const bytes = Buffer.from(original.source)
  const before = await deps.codec.readCard(bytes, original.file_name).catch(() => undefined)
  if (!before) return false
  return isDeepStrictEqual([wordsOf(before.character), before.lorebook], [words, candidate.lorebook])
}

function wordsOf(character: CharacterDraft | Character): CharacterDraft {
  const words = { ...character, ...OF_THE_LIBRARY, id: '', revision: 0, created_at: '', updated_at: '' }
  return words
}

function equalFolded(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase()
}
