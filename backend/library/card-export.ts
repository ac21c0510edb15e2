import { type CharacterDraft } from '#shared/entities.ts'
import { type CardAsset, type OriginalCard } from '../cards/contract.ts'
import { AppError } from '../errors.ts'
import { hashOf } from '../media/media-library.ts'
import { asPng } from '../media/as-png.ts'
import { type Original } from '../store/contract.ts'
import { bookForCard } from './card-book.ts'
import { fileNameOf } from './file-name.ts'
import { type LibraryDeps } from './library-deps.ts'

export const EXPORT_FORMATS = ['png', 'json', 'charx'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export interface ExportedFile {
  readonly fileName: string
  readonly mime: string
  readonly bytes: Uint8Array
}

const MIMES: Readonly<Record<string, string>> = {
  png: 'image/png',
  apng: 'image/png',
  json: 'application/json',
  charx: 'application/zip',
  jpeg: 'image/jpeg',
  yaml: 'application/yaml',
}

/**
 * A character as a card. One that nobody has edited since it was imported is given back as it came, under the name it
 * came with.
 * @param format absent: as it came, or a PNG
 */
export async function exportCharacter(
  deps: LibraryDeps,
  { id, format, now }: { readonly id: string; readonly format: ExportFormat | undefined; readonly now: Date },
): Promise<ExportedFile> {
  const character = await deps.store.characters.get(id)
  const row = await deps.store.originals.find('character', id)
  const original = row && (await originalCard(deps, row))
  const wanted = format ?? writable(original?.format) ?? 'png'
  const bytes = await deps.codec.writeCard({
    format: wanted,
    character,
    lorebook: await bookForCard(deps.store, character),
    original: original ?? null,
    ...(await picturesFor(deps, character, original)),
    now,
  })
  const isUntouched = original !== undefined && Buffer.compare(bytes, original.bytes) === 0
  return {
    bytes,
    mime: MIMES[isUntouched ? original.format : wanted] ?? 'application/octet-stream',
    fileName: isUntouched && row ? givenName(row) : fileNameOf(character.name, wanted),
  }
}

/** A file that was there and is gone is no reason to give nothing: the card's own text is in the database, too. */
async function originalCard({ media }: LibraryDeps, row: Original): Promise<OriginalCard> {
  const { format, source, file_name } = row
  if (!isFormat(format)) throw new AppError('internal', `Nothing is known of cards of the format ${format}`)
  try {
    return { format, bytes: await media.files.read(row.hash), json: source, fileName: file_name }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'not_found') throw error
    return {
      format: format === 'yaml' ? 'yaml' : 'json',
      bytes: Buffer.from(source),
      json: source,
      fileName: file_name,
    }
  }
}

const FORMATS = ['png', 'charx', 'jpeg', 'json', 'yaml'] as const

function isFormat(format: string): format is OriginalCard['format'] {
  return (FORMATS as readonly string[]).includes(format)
}

function writable(format: OriginalCard['format'] | undefined): ExportFormat | undefined {
  if (format === 'jpeg') return 'charx'
  return format === 'yaml' ? 'json' : format
}

/** The name that the file came with, if it can be saved under it. */
function givenName({ file_name, format }: Original): string {
  const dot = file_name.lastIndexOf('.')
  return dot > 0
    ? fileNameOf(file_name.slice(0, dot), file_name.slice(dot + 1))
    : fileNameOf(file_name, format)
}

interface Pictures {
  readonly picture: Uint8Array | null
  readonly isPictureNew: boolean
  readonly assets: readonly CardAsset[]
}

async function picturesFor(
  deps: LibraryDeps,
  { image_url, images }: Pick<CharacterDraft, 'image_url' | 'images'>,
  original: OriginalCard | undefined,
): Promise<Pictures> {
  const before = original ? await deps.codec.readCard(original.bytes, original.fileName ?? '') : undefined
  const portrait = image_url === null ? undefined : await pictureAt(deps, image_url)
  const kept = before?.assets ?? []
  const isPictureNew =
    portrait !== undefined && !kept.some(({ bytes }) => bytes && sameBytes(bytes, portrait))
  const gallery: CardAsset[] = []
  for (const url of images) {
    const bytes = await pictureAt(deps, url)
    if (bytes && !kept.some((asset) => asset.bytes && sameBytes(asset.bytes, bytes)))
      gallery.push(assetOf(url, bytes))
  }
  const icon = portrait && image_url !== null && isPictureNew ? [assetOf(image_url, portrait, 'icon')] : []
  const others = isPictureNew ? kept.filter(({ type, name }) => type !== 'icon' || name !== 'main') : kept
  const picture = portrait ? await asPng(portrait).catch(() => null) : null
  return { picture, isPictureNew: isPictureNew && picture !== null, assets: [...icon, ...others, ...gallery] }
}

/** Pictures elsewhere are not fetched; those that are gone are left out. */
async function pictureAt({ media }: LibraryDeps, url: string): Promise<Buffer | undefined> {
  const hash = hashOf(url)
  return hash === undefined ? undefined : await media.files.read(hash).catch(() => undefined)
}

function assetOf(url: string, bytes: Uint8Array, type = 'x-gallery'): CardAsset {
  const ext = url.split('.').at(-1) ?? 'png'
  const name = type === 'icon' ? 'main' : (hashOf(url)?.slice(0, 12) ?? 'picture')
  return { type, name, ext, uri: '', bytes }
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && Buffer.compare(one, other) === 0
}
