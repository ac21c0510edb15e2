import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

const BLOCK_BYTES = 64 * 1024
const BLOCKS = 16

/**
 * What a file is known by to programs that want a digest: 64 hex digits. A hash of its size and of 16 blocks of
 * 64 KB spread evenly over it, the first and the last among them: 1 MB is read of a file of 40 GB. Two files
 * that differ somewhere in their header, their size or most of their weights have different ones; it does not
 * prove that a file is whole.
 */
export async function fingerprint(path: string, signal: AbortSignal): Promise<string> {
  await using file = await open(path, 'r')
  const { size } = await file.stat()
  const hash = createHash('sha256').update(`gguf ${size} `)
  const block = Buffer.allocUnsafe(BLOCK_BYTES)
  for (const position of positions(size)) {
    signal.throwIfAborted()
    const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, position)
    hash.update(block.subarray(0, bytesRead))
  }
  return hash.digest('hex')
}

function positions(sizeBytes: number): number[] {
  if (sizeBytes <= BLOCKS * BLOCK_BYTES) {
    return Array.from({ length: Math.ceil(sizeBytes / BLOCK_BYTES) }, (_, index) => index * BLOCK_BYTES)
  }
  const last = sizeBytes - BLOCK_BYTES
  return Array.from({ length: BLOCKS }, (_, index) => Math.floor((last * index) / (BLOCKS - 1)))
}
