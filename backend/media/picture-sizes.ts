import { Transformer } from '@napi-rs/image'
import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { AppError } from '../errors.ts'
import { SerialLane } from '../lib/serial-lane.ts'
import { type MediaFiles } from './media-files.ts'
import { type PictureSize } from './picture-size.ts'

/** Pixels of the shorter side that a picture can be asked for in. */
export const SIZES = [96, 256, 512] as const
export type Size = (typeof SIZES)[number]

/** A picture whose header says more than this is not decoded: it would fill the memory. */
export const MAX_PIXELS = 100_000_000

/** Decoding runs in the thread pool that files are read in, too: two of its four threads stay free for them. */
const LANES = 2
const QUALITY = 82
/** Strips and scrolls are not made longer than this many times their width. */
const MAX_RATIO = 2
const MAX_BROKEN = 1_000

/** Makes small pictures out of large ones, when they are first asked for, and keeps them as files. */
export class PictureSizes {
  readonly #media: MediaFiles
  readonly #lanes = Array.from({ length: LANES }, () => new SerialLane())
  readonly #underway = new Map<string, Promise<void>>()
  /** Those that cannot be decoded are not tried again and again. */
  readonly #broken = new Map<string, AppError>()
  #next = 0

  constructor(media: MediaFiles) {
    this.#media = media
  }

  pathOf(hash: string, size: Size): string {
    return join(this.#media.folder, 'sizes', hash.slice(0, 2), `${hash}-${size}.webp`)
  }

  /**
   * @param dimensions of the whole picture, as its header says.
   * @returns where the smaller one lies.
   * @throws AppError `invalid` if the picture is broken or too large to be decoded.
   */
  async make(hash: string, size: Size, dimensions: PictureSize): Promise<string> {
    checkPixels(dimensions)
    const path = this.pathOf(hash, size)
    const broken = this.#broken.get(hash)
    if (broken) throw broken
    const isMade = await this.#media.files.stat(path).then(
      () => true,
      () => false,
    )
    if (!isMade) await this.#once(path, () => this.#make(path, hash, boxOf(dimensions, size)))
    return path
  }

  async remove(hash: string): Promise<void> {
    for (const size of SIZES) await this.#media.files.rm(this.pathOf(hash, size), { force: true })
  }

  /** Whoever asks for what is being made waits for that. */
  #once(path: string, make: () => Promise<void>): Promise<void> {
    const underway = this.#underway.get(path)
    if (underway) return underway
    const lane = this.#lanes[this.#next++ % LANES]
    const made = (lane ? lane.run(make) : make()).finally(() => this.#underway.delete(path))
    this.#underway.set(path, made)
    return made
  }

  async #make(path: string, hash: string, boxPixels: number): Promise<void> {
    const small = await this.#decoded(hash, boxPixels)
    const { files } = this.#media
    const draft = `${path}.${randomUUID()}`
    try {
      await files.mkdir(dirname(path), { recursive: true })
      await files.writeFile(draft, small)
      await files.rename(draft, path)
    } catch (error) {
      await files.rm(draft, { force: true }).catch(() => {})
      throw new AppError('storage_failed', 'The small picture could not be kept; is the disk full?', {
        cause: error,
      })
    }
  }

  async #decoded(hash: string, boxPixels: number): Promise<Uint8Array> {
    const bytes = await this.#media.read(hash)
    try {
      return await new Transformer(bytes)
        .rotate()
        .fastResize({ width: boxPixels, height: boxPixels, fit: INSIDE })
        .webp(QUALITY)
    } catch (error) {
      const broken = new AppError(
        'invalid',
        'The picture is broken and cannot be shown smaller; the file itself is kept',
        { cause: error },
      )
      if (this.#broken.size >= MAX_BROKEN) this.#broken.clear()
      this.#broken.set(hash, broken)
      throw broken
    }
  }
}

/** `ResizeFit.Inside`, whose enum exists for the compiler only. */
const INSIDE = 2

/** @throws AppError `invalid` */
export function checkPixels({ width, height }: PictureSize): void {
  if (width * height <= MAX_PIXELS) return
  throw new AppError(
    'invalid',
    `The picture is ${width} × ${height} pixels; up to ${MAX_PIXELS / 1_000_000} million are possible`,
  )
}

/**
 * The square that the smaller picture just fits in, whichever way it is turned: its shorter side is then of the size
 * asked for. Nothing is made larger than it is.
 */
function boxOf({ width, height }: PictureSize, size: Size): number {
  const long = Math.max(width, height)
  const ratio = Math.min(MAX_RATIO, long / Math.min(width, height))
  return Math.min(long, Math.round(size * ratio))
}
