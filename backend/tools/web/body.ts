import { type IncomingMessage } from 'node:http'
import { type Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { AppError } from '../../errors.ts'

export interface Body {
  readonly bytes: Buffer
  /** Whether there would have been more. */
  readonly isCut: boolean
}

const DECODERS: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
])

/**
 * The first `maxBytes` of an answer, decompressed. What unpacks to more is not unpacked further.
 * @throws AppError `engine_failed` if the answer breaks off or cannot be unpacked.
 */
export async function readBody(response: IncomingMessage, maxBytes: number): Promise<Body> {
  const stream = decoded(response)
  try {
    return await firstBytes(stream, maxBytes)
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('engine_failed', 'The page broke off while it was read', { cause })
  } finally {
    response.destroy()
    stream.destroy()
  }
}

async function firstBytes(stream: Readable, maxBytes: number): Promise<Body> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) continue
    chunks.push(chunk)
    sizeBytes += chunk.length
    if (sizeBytes > maxBytes) return { bytes: Buffer.concat(chunks, maxBytes), isCut: true }
  }
  return { bytes: Buffer.concat(chunks), isCut: false }
}

function decoded(response: IncomingMessage): Readable {
  const encoding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (encoding === 'identity' || encoding === '') return response
  const decoder = DECODERS.get(encoding)?.()
  if (!decoder) {
    throw new AppError('engine_failed', 'Cannot unpack the page: it is packed in an unknown way')
  }
  response.on('error', (error) => decoder.destroy(error))
  return response.pipe(decoder)
}
