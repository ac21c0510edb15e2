import { fetchApi } from '../../socket/api.ts'
import { type SavedFile } from './save-file.ts'

export type CardFormat = 'png' | 'json' | 'charx'

/** A character as a card; one that was never changed as the very file it came from. @throws RequestError */
export async function fetchExport(id: string, format: CardFormat): Promise<SavedFile> {
  return fileAt(`/api/characters/${encodeURIComponent(id)}/export?format=${format}`, `character.${format}`)
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
