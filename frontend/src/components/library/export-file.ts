import { fetchApi } from '../../socket/api.ts'
import { type SavedFile } from './save-file.ts'

export type CardFormat = 'png' | 'json' | 'charx'

/** A character as a card; one that was never changed as the very file it came from. @throws RequestError */
export async function fetchExport(id: string, format: CardFormat): Promise<SavedFile> {
  return fileAt(`/api/characters/${encodeURIComponent(id)}/export?format=${format}`, `character.${format}`)
}

interface ManyCards {
  readonly ids: readonly string[]
  readonly format: CardFormat
  readonly signal: AbortSignal
  /** Hears how much has come. */
  readonly onBytes: (bytes: number) => void
}

/** Many characters as one archive of cards. @throws RequestError; the signal's reason */
export async function fetchExports({ ids, format, signal, onBytes }: ManyCards): Promise<SavedFile> {
  const request = { method: 'POST', path: '/api/characters/export', json: { ids, format }, signal } as const
  const response = await fetchApi(request)
  let bytes = 0
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      bytes += piece.length
      onBytes(bytes)
      controller.enqueue(piece)
    },
  })
  // Made of the stream, so that the browser may put it on the disk instead of keeping it in memory.
  const content = await new Response(response.body?.pipeThrough(counting) ?? null, {
    headers: { 'content-type': 'application/zip' },
  }).blob()
  return { name: nameIn(response.headers.get('content-disposition')) ?? 'characters.zip', content }
}

/** @throws RequestError */
export async function fetchLorebook(id: string): Promise<SavedFile> {
  return fileAt(`/api/lorebooks/${encodeURIComponent(id)}/export`, 'lorebook.json')
}

async function fileAt(path: string, fallback: string): Promise<SavedFile> {
  const response = await fetchApi({ path })
  const name = nameIn(response.headers.get('content-disposition')) ?? fallback
  return { name, content: await response.blob() }
}

/** The file's name: the one in any letters (RFC 5987) if it is given, else the plain one. */
export function nameIn(disposition: string | null): string | null {
  if (disposition === null) return null
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1]
  try {
    if (encoded !== undefined) return decodeURIComponent(encoded.trim())
  } catch {
    // Not encoded as it says: the plain one may do.
  }
  return /filename="([^"]*)"/i.exec(disposition)?.[1] ?? null
}
