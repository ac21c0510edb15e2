import { promisify } from 'node:util'
import { crc32, inflateRaw } from 'node:zlib'
import yauzl from 'yauzl'
import { AppError } from '../../errors.ts'
import { MAX_ARCHIVE_BYTES, MAX_ARCHIVE_FILES, MAX_ASSET_BYTES } from '../limits.ts'
import { locateArchive } from './locate.ts'

const inflate = promisify(inflateRaw)

/** A file in an archive, still packed. */
export interface PackedFile {
  readonly name: string
  readonly entry: yauzl.Entry
  readonly packed: Uint8Array
}

export interface Archive {
  /** What stands before it: the picture of a JPEG with an archive behind it. */
  readonly prefix: Uint8Array
  /** Whether its offsets count the prefix, too. */
  readonly isAbsolute: boolean
  readonly files: readonly PackedFile[]
  readonly comment: Uint8Array
}

const STORED = 0
const DEFLATED = 8

/** Reads what is in an archive; nothing is unpacked yet. @throws AppError `invalid` if it could do harm. */
export async function readArchive(bytes: Uint8Array): Promise<Archive> {
  const place = locateArchive(bytes)
  if (!place) throw new AppError('invalid', 'This archive is cut off or damaged')
  const part = Buffer.from(bytes.buffer, bytes.byteOffset + place.origin, place.end - place.origin)
  try {
    const zip = await yauzl.fromBufferPromise(part, { strictFileNames: true })
    const files = await packedFiles(zip, part)
    assertHarmless(files)
    return {
      prefix: bytes.subarray(0, place.start),
      isAbsolute: place.origin === 0,
      files: files.filter(({ name }) => !name.endsWith('/')),
      comment: commentOf(part),
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    const reason = cause instanceof Error ? cause.message.slice(0, 200) : ''
    throw new AppError('invalid', `This archive cannot be read: ${reason}`, { cause })
  }
}

function commentOf(part: Buffer): Uint8Array {
  for (let at = part.length - 22; at >= 0; at -= 1) {
    if (part.readUInt32LE(at) === 0x06054b50) return part.subarray(at + 22)
  }
  return Buffer.alloc(0)
}

async function packedFiles(zip: yauzl.ZipFile, part: Buffer): Promise<PackedFile[]> {
  if (zip.entryCount >= MAX_ARCHIVE_FILES) throw tooMany()
  const files: PackedFile[] = []
  let total = 0
  for await (const entry of zip.eachEntry()) {
    total += entry.uncompressedSize
    if (files.length >= MAX_ARCHIVE_FILES) throw tooMany()
    if (total > MAX_ARCHIVE_BYTES || entry.uncompressedSize > MAX_ASSET_BYTES) {
      throw new AppError('invalid', 'This archive is refused: unpacked it would be too large')
    }
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true })
    const packed = part.subarray(fileDataStart, fileDataStart + entry.compressedSize)
    if (packed.length < entry.compressedSize) throw new AppError('invalid', 'This archive is cut off')
    files.push({ name: entry.fileName, entry, packed })
  }
  return files
}

function tooMany(): AppError {
  return new AppError('invalid', `This archive is refused: it holds ${MAX_ARCHIVE_FILES} files or more`)
}

const LINK = 0o120000
const KIND = 0o170000

function assertHarmless(files: readonly PackedFile[]): void {
  if (files.some(({ entry }) => ((entry.externalFileAttributes >>> 16) & KIND) === LINK)) {
    throw new AppError('invalid', 'This archive is refused: it holds links to other files')
  }
  // Files that share their bytes are the way to make a small archive very large.
  const spans = files.map(({ packed }) => [packed.byteOffset, packed.byteOffset + packed.length] as const)
  const sorted = spans.filter(([start, end]) => end > start).toSorted(([one], [other]) => one - other)
  if (sorted.some(([start], index) => start < (sorted[index - 1]?.[1] ?? 0))) {
    throw new AppError('invalid', 'This archive is refused: its files overlap')
  }
}

/** @returns undefined if it is packed in a way, or locked, so that nobody here can open it. */
export async function unpacked(
  { name, entry, packed }: PackedFile,
  limitBytes: number,
): Promise<Uint8Array | undefined> {
  const { uncompressedSize } = entry
  if (uncompressedSize > limitBytes) {
    throw new AppError('invalid', `This archive is refused: ${name} is too large, ${uncompressedSize} bytes`)
  }
  if ((entry.generalPurposeBitFlag & 1) === 1) return undefined
  if (entry.compressionMethod === STORED) return packed
  if (entry.compressionMethod !== DEFLATED) return undefined
  try {
    return await inflate(packed, { maxOutputLength: Math.max(1, uncompressedSize) })
  } catch (cause) {
    throw new AppError('invalid', `This archive is refused: ${name} is damaged, or larger than it says`, {
      cause,
    })
  }
}

export function isIntact({ entry }: PackedFile, bytes: Uint8Array): boolean {
  return crc32(bytes) === entry.crc32
}
