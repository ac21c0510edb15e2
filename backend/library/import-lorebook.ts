import { LorebookDraft } from '#shared/entities.ts'
import { type OnDuplicate } from '#shared/entities/import.ts'
import { isDeepStrictEqual } from 'node:util'
import { type ReadLorebook } from '../cards/contract.ts'
import { allOrNothing } from './all-or-nothing.ts'
import { forgetLorebook } from './forget.ts'
import { type Imported } from './import-card.ts'
import { type LibraryDeps } from './library-deps.ts'

/** A lorebook that was read, and the file it was in. */
export interface LorebookFile {
  readonly fileName: string
  readonly hash: string
  readonly book: ReadLorebook
  keep(): Promise<void>
}

/** A lorebook out of a file, which is kept; or not at all. */
export async function importLorebook(
  deps: LibraryDeps,
  file: LorebookFile,
  onDuplicate: OnDuplicate,
): Promise<Imported> {
  const { store, publish } = deps
  const { report } = file.book
  const draft = LorebookDraft.parse(file.book.lorebook)
  const known = await knownBook(deps, file.hash, draft)
  const duplicate = known === undefined ? {} : { duplicate_of: known }
  if (known !== undefined && onDuplicate === 'skip') {
    return { outcome: 'skipped', lorebook: await store.lorebooks.get(known), report, ...duplicate }
  }
  await file.keep()
  if (known !== undefined && onDuplicate === 'update') {
    const lorebook = await replaced(deps, file, { known, draft })
    publish({ type: 'lorebook_updated', data: lorebook }, undefined)
    return { outcome: 'updated', lorebook, report, ...duplicate }
  }
  const lorebook = await allOrNothing(async (onUndo) => {
    const made = await store.lorebooks.create(draft)
    onUndo(() => forgetLorebook(store, made.lorebook_id))
    await putOriginal(deps, file, made.lorebook_id)
    return made
  })
  publish({ type: 'lorebook_created', data: lorebook }, undefined)
  return { outcome: 'created', lorebook, report, ...duplicate }
}

async function replaced(
  deps: LibraryDeps,
  file: LorebookFile,
  { known, draft }: { readonly known: string; readonly draft: LorebookDraft },
): ReturnType<LibraryDeps['store']['lorebooks']['update']> {
  const { lorebooks } = deps.store
  return await allOrNothing(async (onUndo) => {
    const { revision: _revision, is_global, ...before } = await lorebooks.get(known)
    const lorebook = await lorebooks.update({ ...draft, is_global, lorebook_id: known })
    onUndo(() => lorebooks.update(before))
    await putOriginal(deps, file, known)
    return lorebook
  })
}

async function putOriginal({ store }: LibraryDeps, file: LorebookFile, id: string): Promise<void> {
  const { format, json, report } = file.book
  await store.originals.put({
    kind: 'lorebook',
    id,
    format,
    file_name: file.fileName,
    hash: file.hash,
    source: json,
    report,
  })
}

/** The book that came from the same file, or has the same name and says the same. */
async function knownBook(
  { store }: LibraryDeps,
  hash: string,
  draft: LorebookDraft,
): Promise<string | undefined> {
  const heads = await store.lorebooks.list()
  const ids = new Set(heads.map(({ lorebook_id }) => lorebook_id))
  const fromSameFile = await store.originals.withHash(hash)
  const twin = fromSameFile.find(({ kind, id }) => kind === 'lorebook' && ids.has(id))
  if (twin) return twin.id
  const namesakes = heads.filter(
    ({ name, entry_count }) => name === draft.name && entry_count === draft.entries.length,
  )
  for (const { lorebook_id } of namesakes.slice(0, 30)) {
    const { entries } = await store.lorebooks.get(lorebook_id)
    if (isDeepStrictEqual(entries, draft.entries)) return lorebook_id
  }
  return undefined
}
