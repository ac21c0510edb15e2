import { AppError } from '../../errors.ts'

const END_SIGNATURE = 0x06054b50
const DIRECTORY_SIGNATURE = 0x02014b50
const END_BYTES = 22
const MAX_COMMENT_BYTES = 0xffff

/** An archive inside of a file: behind a picture, and with something behind it, too. */
export interface ArchivePlace {
  /** What the offsets in the archive count from. */
  readonly origin: number
  /** Where the archive begins: what is before is something else. */
  readonly start: number
  readonly end: number
}

/** Finds the archive from the end of the file. @returns undefined if there is none. */
export function locateArchive(bytes: Uint8Array): ArchivePlace | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const lowest = Math.max(0, bytes.length - END_BYTES - MAX_COMMENT_BYTES - 1024)
  for (let at = bytes.length - END_BYTES; at >= lowest; at -= 1) {
    if (view.getUint32(at, true) !== END_SIGNATURE) continue
    const place = placeOf(view, at)
    if (place) return place
  }
  return undefined
}

function placeOf(view: DataView, at: number): ArchivePlace | undefined {
  const end = at + END_BYTES + view.getUint16(at + 20, true)
  if (end > view.byteLength) return undefined
  const [bytes, offset] = [view.getUint32(at + 12, true), view.getUint32(at + 16, true)]
  // Larger than 4 GB: the offsets stand elsewhere, and nothing that large is a card.
  if (offset === 0xffffffff || bytes === 0xffffffff) {
    throw new AppError('invalid', 'This archive is too large to be a card')
  }
  const directory = at - bytes
  if (directory < offset) return undefined
  if (bytes > 0 && view.getUint32(directory, true) !== DIRECTORY_SIGNATURE) return undefined
  const origin = directory - offset
  return { origin, start: firstFile(view, directory) + origin, end }
}

/** Where the first file begins, as its offset says. */
function firstFile(view: DataView, directory: number): number {
  let [at, first] = [directory, Number.POSITIVE_INFINITY]
  while (at + 46 <= view.byteLength && view.getUint32(at, true) === DIRECTORY_SIGNATURE) {
    first = Math.min(first, view.getUint32(at + 42, true))
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return Number.isFinite(first) ? first : 0
}
