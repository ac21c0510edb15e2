import { MAX_ASSET_BYTES } from '../limits.ts'
import { chunksOf } from './chunks.ts'
import { textChunk } from './text-chunk.ts'

const PREFIX = /^chara-ext-asset_:?/i

/** Assets that stand in a PNG in chunks of their own, by the path that `__asset:` names. */
export function assetChunks(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const assets = new Map<string, Uint8Array>()
  for (const chunk of chunksOf(bytes).chunks) {
    const text = textChunk(chunk)
    // Packed ones would be a way to make a small file large; nobody writes them.
    if (!text || chunk.type !== 'tEXt' || !PREFIX.test(text.keyword)) continue
    const base64 = text.bytes()
    if (!base64 || base64.length > MAX_ASSET_BYTES * 1.4) continue
    assets.set(
      text.keyword.replace(PREFIX, ''),
      Buffer.from(Buffer.from(base64).toString('latin1'), 'base64'),
    )
  }
  return assets
}
