import { type ExportedFile } from './card-export.ts'
import { fileNameOf } from './file-name.ts'
import { type LibraryDeps } from './library-deps.ts'

/** A lorebook as a file: as it came if nobody has edited it, else with what was edited in it. */
export async function exportLorebook({ store, codec }: LibraryDeps, id: string): Promise<ExportedFile> {
  const book = await store.lorebooks.get(id)
  const original = await store.originals.find('lorebook', id)
  const known = original && original.source !== '' ? { json: original.source, format: original.format } : null
  return {
    fileName: fileNameOf(book.name, 'json'),
    mime: 'application/json',
    bytes: Buffer.from(codec.writeLorebook(book, known)),
  }
}
