import { readFile } from 'node:fs/promises'
import { type OnDuplicate } from '#shared/entities/import.ts'
import { type ReadCard, type ReadLorebook } from '../cards/contract.ts'
import { AppError } from '../errors.ts'
import { type IncomingFile } from '../media/media-files.ts'
import { importCard, type Imported } from './import-card.ts'
import { importLorebook } from './import-lorebook.ts'
import { importOwn } from './import-own.ts'
import { type LibraryDeps } from './library-deps.ts'
import { type ListedCharacter, listedCharacters } from './own-json.ts'

/** What somebody takes a file for; one that is the other all the same goes to where it belongs. */
export type ImportAs = 'character' | 'lorebook'

interface File {
  readonly name: string
  readonly incoming: IncomingFile
}

interface Options {
  readonly as: ImportAs
  readonly onDuplicate: OnDuplicate
}

/**
 * Imports what is in one file: a card, a lorebook, or a list of characters.
 * @returns one for each, a list's failures among them.
 * @throws AppError if there is nothing in it, or what is cannot be kept.
 */
export async function importFile(
  deps: LibraryDeps,
  { name, incoming }: File,
  { as, onDuplicate }: Options,
): Promise<(Imported | Error)[]> {
  const bytes = await readFile(incoming.path)
  const listed = listedCharacters(bytes)
  if (listed) return await importList(deps, { name, listed }, onDuplicate)
  const file = { fileName: name, hash: incoming.hash, keep: () => incoming.keep() }
  const found = as === 'character' ? await cardFirst(deps, bytes, name) : await bookFirst(deps, bytes, name)
  const imported =
    'character' in found
      ? await importCard(deps, { ...file, card: found }, onDuplicate)
      : await importLorebook(deps, { ...file, book: found }, onDuplicate)
  return [imported]
}

async function importList(
  deps: LibraryDeps,
  { name, listed }: { readonly name: string; readonly listed: readonly ListedCharacter[] },
  onDuplicate: OnDuplicate,
): Promise<(Imported | Error)[]> {
  const all: (Imported | Error)[] = []
  for (const one of listed) all.push(await importListed(one).catch(asError))
  return all

  async function importListed(one: ListedCharacter): Promise<Imported> {
    if ('draft' in one) return await importOwn(deps, one.draft, onDuplicate)
    const hash = await deps.media.files.put(one.card) // On its own, so that it can be given back as it was.
    const card = await deps.codec.readCard(one.card, name)
    return await importCard(deps, { fileName: name, hash, card, keep: async () => {} }, onDuplicate)
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error
    ? thrown
    : new Error('Something was thrown that is no error', { cause: thrown })
}

async function cardFirst(
  { codec }: LibraryDeps,
  bytes: Buffer,
  name: string,
): Promise<ReadCard | ReadLorebook> {
  try {
    return await codec.readCard(bytes, name)
  } catch (error) {
    // What is wrong with it as a card is what is told, if it is no lorebook either.
    const book = await codec.readLorebook(bytes, name).catch(() => undefined)
    if (book) return book
    throw error
  }
}

/** A card that is given where lorebooks are wanted is wanted for the book in it. */
async function bookFirst({ codec }: LibraryDeps, bytes: Buffer, name: string): Promise<ReadLorebook> {
  try {
    return await codec.readLorebook(bytes, name)
  } catch (error) {
    const card = await codec.readCard(bytes, name).catch(() => undefined)
    if (!card) throw error
    const { lorebook } = card
    if (lorebook) return { lorebook, format: 'card', json: '', report: card.report }
    throw new AppError(
      'invalid',
      'This is a character without a lorebook; import it where the characters are',
      { cause: error },
    )
  }
}
