import { type FileHandle, open } from 'node:fs/promises'
import { type ByteSource, feed } from './byte-feed.ts'
import { GgufError } from './gguf-error.ts'
import { type GgufHeader, LIMITS } from './header.ts'
import { parseHeader } from './parse-header.ts'

/** Read at once. A vocabulary of megabytes is read piece by piece, so that others get their turn between. */
const PIECE_BYTES = 256 * 1024

export interface GgufFile {
  readonly header: GgufHeader
  readonly sizeBytes: number
}

/**
 * Reads the header of a GGUF file; of a file of 40 GB, some megabytes.
 * @throws GgufError if it is none, or not all of one; what the file system throws; the signal's reason.
 */
export async function readGgufFile(path: string, signal: AbortSignal): Promise<GgufFile> {
  await using file = await open(path, 'r')
  const { size: sizeBytes } = await file.stat()
  const { result: header, endBytes } = await feed(parseHeader(), sourceOf(file, signal), {
    maxBytes: Math.min(sizeBytes, LIMITS.headerBytes),
    onTooLong: () => tooLong(sizeBytes),
    onEnd: () => endsInHeader(sizeBytes),
  })
  const { alignmentBytes, tensors } = header
  const dataStartBytes = Math.ceil(endBytes / alignmentBytes) * alignmentBytes
  const missingBytes = tensors.dataBytes === 0 ? 0 : dataStartBytes + tensors.dataBytes - sizeBytes
  if (missingBytes > 0) {
    throw new GgufError(`It is not whole: ${missingBytes} bytes are missing at its end. Download it again`)
  }
  return { header, sizeBytes }
}

function tooLong(sizeBytes: number): GgufError {
  return sizeBytes <= LIMITS.headerBytes
    ? endsInHeader(sizeBytes)
    : new GgufError('Its header is larger than can be')
}

function endsInHeader(sizeBytes: number): GgufError {
  if (sizeBytes === 0) return new GgufError('It is empty')
  return new GgufError(`It is not whole: it ends after ${sizeBytes} bytes, in its header. Download it again`)
}

function sourceOf(file: FileHandle, signal: AbortSignal): ByteSource {
  let position = 0
  return {
    async next() {
      signal.throwIfAborted()
      const piece = Buffer.allocUnsafe(PIECE_BYTES)
      const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, position)
      position += bytesRead
      return piece.subarray(0, bytesRead)
    },
    skip(bytes) {
      position += bytes
    },
  }
}
