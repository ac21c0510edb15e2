import { AppError } from '../errors.ts'
import { type FileHead, type IncomingFile, MediaFiles, type Files } from './media-files.ts'
import { KIND_BYTES, type MediaKind, mediaKindOf } from './media-kind.ts'
import { HEADER_BYTES, pictureSizeOf, type PictureSize } from './picture-size.ts'
import { checkPixels, PictureSizes, type Size } from './picture-sizes.ts'

/** No picture or sound is larger. */
export const MAX_MEDIA_BYTES = 50 * 1024 * 1024

/** A picture or a sound that is kept, and where pages find it. */
export interface MediaItem {
  /** `/media/<sha256>.<ext>` */
  readonly url: string
  readonly hash: string
  readonly mime: string
  readonly bytes: number
  /** Of pictures. */
  readonly width?: number
  readonly height?: number
}

/** A file to be sent. */
export interface ServedFile {
  readonly path: string
  readonly mime: string
}

/** Pictures, sounds, and the files that things were imported from: all in one folder, each by its content. */
export class MediaLibrary {
  readonly files: MediaFiles
  readonly #sizes: PictureSizes

  constructor(folder: string, files?: Files) {
    this.files = new MediaFiles(folder, files)
    this.#sizes = new PictureSizes(this.files)
  }

  /**
   * Takes in a picture or a sound.
   * @throws AppError `invalid` if it is neither, too large, or a picture that cannot be: nothing is kept then.
   */
  async add(source: AsyncIterable<Uint8Array>): Promise<MediaItem> {
    await using incoming = await this.files.receive(source, { maxBytes: MAX_MEDIA_BYTES })
    return await this.keepMedia(incoming)
  }

  /** The same for a file that was received. */
  async keepMedia(incoming: IncomingFile): Promise<MediaItem> {
    const item = itemOf(incoming.hash, await this.files.headAt(incoming.path, HEADER_BYTES))
    await incoming.keep()
    return item
  }

  /** The same for what is in memory. */
  async addBytes(bytes: Uint8Array): Promise<MediaItem> {
    if (bytes.length > MAX_MEDIA_BYTES)
      throw new AppError('invalid', 'The picture or sound is larger than 50 MiB')
    const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEADER_BYTES))
    itemOf('', { head, sizeBytes: bytes.length })
    const hash = await this.files.put(bytes)
    return itemOf(hash, { head, sizeBytes: bytes.length })
  }

  /**
   * @param size the smaller picture of this size; of pictures that cannot be made smaller (GIF) the whole one.
   * @throws AppError `not_found` if there is none of this name, `invalid` if it cannot be made smaller.
   */
  async served(hash: string, isKind: (kind: MediaKind) => boolean, size?: Size): Promise<ServedFile> {
    const file = await this.files.head(hash, size === undefined ? KIND_BYTES : HEADER_BYTES)
    const kind = file && mediaKindOf(file.head)
    if (!kind || !isKind(kind)) throw new AppError('not_found', 'There is no such picture or sound')
    const path = this.files.pathOf(hash)
    if (size === undefined || kind.type !== 'picture' || kind.ext === 'gif') return { path, mime: kind.mime }
    const small = await this.#sizes.make(hash, size, sizeOf(file, kind))
    return { path: small, mime: 'image/webp' }
  }

  /** Removes a file and its smaller pictures, if it was not kept once more since that moment. */
  async remove(hash: string, moment: Date): Promise<boolean> {
    const isRemoved = await this.files.remove(hash, moment)
    if (isRemoved) await this.#sizes.remove(hash)
    return isRemoved
  }

  /** A picture or sound by its address. @throws AppError `not_found` if it is none of ours. */
  async read(url: string): Promise<Buffer> {
    const hash = hashOf(url)
    if (hash === undefined) throw new AppError('not_found', `"${url}" is no file of this Troupe`)
    return await this.files.read(hash)
  }
}

/** @returns the hash in `/media/<hash>.<ext>`; undefined for addresses elsewhere. */
export function hashOf(url: string): string | undefined {
  return /^\/media\/([0-9a-f]{64})\.[a-z0-9]{2,5}(?:[?#]|$)/.exec(url)?.[1]
}

function itemOf(hash: string, file: FileHead | undefined): MediaItem {
  const kind = file && mediaKindOf(file.head)
  if (!kind) {
    throw new AppError(
      'invalid',
      'The file is neither a picture (PNG, JPEG, WebP, GIF, AVIF, BMP) nor a sound (WAV, MP3, Ogg, FLAC, M4A, WebM)',
    )
  }
  const item = { url: `/media/${hash}.${kind.ext}`, hash, mime: kind.mime, bytes: file.sizeBytes }
  return kind.type === 'picture' ? { ...item, ...sizeOf(file, kind) } : item
}

/** @throws AppError `invalid` */
function sizeOf(file: FileHead, kind: MediaKind): PictureSize {
  const size = pictureSizeOf(file.head, kind)
  if (!size) throw new AppError('invalid', 'The picture is broken: it does not say how large it is')
  checkPixels(size)
  return size
}
