import { type CardReport, type Character, CharacterDraft, type Lorebook } from '#shared/entities.ts'
import { type OnDuplicate } from '#shared/entities/import.ts'
import { type ReadCard } from '../cards/contract.ts'
import { AppError } from '../errors.ts'
import { allOrNothing, type OnUndo } from './all-or-nothing.ts'
import { IN_CARD, ownBookId } from './card-book.ts'
import { keepPictures } from './card-pictures.ts'
import { findDuplicate } from './duplicates.ts'
import { forgetCharacter, forgetLorebook } from './forget.ts'
import { type LibraryDeps } from './library-deps.ts'

/** A card that was read, and the file it was in. */
export interface CardFile {
  readonly fileName: string
  readonly hash: string
  readonly card: ReadCard
  /** Puts the file into the media folder. */
  keep(): Promise<void>
}

/** What became of it. */
export interface Imported {
  readonly outcome: 'created' | 'updated' | 'skipped'
  readonly character?: Character
  readonly lorebook?: Lorebook
  readonly report: CardReport
  readonly duplicate_of?: string
}

/** A character out of a card: with its pictures, its lorebook and the file itself, or not at all. */
export async function importCard(
  deps: LibraryDeps,
  file: CardFile,
  onDuplicate: OnDuplicate,
): Promise<Imported> {
  const { card, hash } = file
  const known = await findDuplicate(deps, { hash, ...card })
  const duplicate = known ? { duplicate_of: known.character.id } : {}
  if (known?.isSame && onDuplicate === 'skip') {
    return { outcome: 'skipped', character: known.character, report: card.report, ...duplicate }
  }
  await file.keep()
  const { ignored, ...pictures } = await keepPictures(deps.media, card.assets)
  const report = { ...card.report, ignored: [...card.report.ignored, ...ignored] }
  const draft = checked({ ...card.character, ...pictures })
  const made = await allOrNothing(async (onUndo) => {
    const writer = { deps, file, report, onUndo }
    return known && onDuplicate === 'update'
      ? updated(writer, known.character, draft)
      : created(writer, draft)
  })
  tell(deps, made)
  return { ...made, report, ...duplicate }
}

interface Writer {
  readonly deps: LibraryDeps
  readonly file: CardFile
  readonly report: CardReport
  readonly onUndo: OnUndo
}

type Made = Pick<Imported, 'outcome' | 'lorebook'> & {
  readonly character: Character
  readonly isBookNew: boolean
}

async function created(writer: Writer, draft: CharacterDraft): Promise<Made> {
  const { deps, onUndo } = writer
  const lorebook = await newBook(writer)
  const lorebook_ids = lorebook ? [lorebook.lorebook_id] : []
  const character = await deps.store.characters.create({ ...draft, lorebook_ids })
  onUndo(() => forgetCharacter(deps.store, character.id))
  await putOriginal(writer, 'character', character.id)
  return {
    outcome: 'created',
    character,
    ...(lorebook ? { lorebook } : {}),
    isBookNew: lorebook !== undefined,
  }
}

/** What is the user's own (voice, colour, whether it is liked) stays. */
async function updated(writer: Writer, known: Character, draft: CharacterDraft): Promise<Made> {
  const { deps, onUndo, file } = writer
  const { store } = deps
  const ownId = await ownBookId(store, known)
  const lorebook = ownId === undefined ? await newBook(writer) : await replacedBook(writer, ownId)
  const isBookNew = ownId === undefined && lorebook !== undefined
  const before = await store.originals.find('character', known.id)
  const { voice_id: _voice, color: _color, is_active: _active, is_favourite: _favourite, ...words } = draft
  const character = await store.characters.update({
    ...words,
    id: known.id,
    image_url: draft.image_url ?? known.image_url,
    images: union(known.images, draft.images, 500),
    tags: union(known.tags, draft.tags, 200),
    lorebook_ids: isBookNew ? [lorebook.lorebook_id, ...known.lorebook_ids] : known.lorebook_ids,
    tools: known.tools,
    speaking: known.speaking,
  })
  const { revision: _revision, ...fields } = known
  onUndo(() => store.characters.update(fields))
  if (before) onUndo(() => store.originals.put(before))
  await putOriginal(writer, 'character', known.id)
  if (ownId !== undefined && file.card.lorebook) await putOriginal(writer, 'lorebook', ownId)
  return { outcome: 'updated', character, ...(lorebook ? { lorebook } : {}), isBookNew }
}

async function newBook(writer: Writer): Promise<Lorebook | undefined> {
  const { deps, file, onUndo } = writer
  if (!file.card.lorebook) return undefined
  const lorebook = await deps.store.lorebooks.create(file.card.lorebook)
  onUndo(() => forgetLorebook(deps.store, lorebook.lorebook_id))
  await putOriginal(writer, 'lorebook', lorebook.lorebook_id)
  return lorebook
}

async function replacedBook({ deps, file, onUndo }: Writer, id: string): Promise<Lorebook | undefined> {
  if (!file.card.lorebook) return undefined
  const { revision: _revision, ...before } = await deps.store.lorebooks.get(id)
  const lorebook = await deps.store.lorebooks.update({ ...file.card.lorebook, lorebook_id: id })
  onUndo(() => deps.store.lorebooks.update(before))
  return lorebook
}

async function putOriginal(
  { deps, file, report }: Writer,
  kind: 'character' | 'lorebook',
  id: string,
): Promise<void> {
  const { card, fileName, hash } = file
  const isBook = kind === 'lorebook'
  await deps.store.originals.put({
    kind,
    id,
    format: isBook ? IN_CARD : card.format,
    file_name: fileName,
    hash,
    source: isBook ? bookText(card) : card.json,
    report: isBook ? { repaired: [], ignored: [], kept: [] } : report,
  })
}

/** The book's own part of the card. */
function bookText({ json, format }: ReadCard): string {
  if (format === 'yaml') return ''
  try {
    const card: unknown = JSON.parse(json)
    const book = fieldOf(fieldOf(card, 'data'), 'character_book') ?? fieldOf(card, 'character_book')
    return book ? JSON.stringify(book) : ''
  } catch {
    return '' // It was repaired when it was read; then the book is written anew.
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function checked(draft: unknown): CharacterDraft {
  const { success, data, error } = CharacterDraft.safeParse(draft)
  if (success) return data
  const [issue] = error.issues
  throw new AppError('invalid', `The card cannot be kept: ${issue?.path.join('.')}: ${issue?.message}`, {
    issues: error.issues,
  })
}

function union(known: readonly string[], added: readonly string[], max: number): string[] {
  return [...new Set([...known, ...added])].slice(0, max)
}

/** The book first: the character names it. */
function tell({ publish }: LibraryDeps, { outcome, character, lorebook, isBookNew }: Made): void {
  if (lorebook)
    publish({ type: isBookNew ? 'lorebook_created' : 'lorebook_updated', data: lorebook }, undefined)
  publish(
    { type: outcome === 'created' ? 'character_created' : 'character_updated', data: character },
    undefined,
  )
}
