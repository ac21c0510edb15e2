import { Transformer } from '@napi-rs/image'
import { AppError } from '../errors.ts'
import { KIND_BYTES, mediaKindOf } from './media-kind.ts'
import { pictureSizeOf } from './picture-size.ts'
import { checkPixels } from './picture-sizes.ts'

/**
 * A picture as a PNG: as it is if it is one, else drawn anew. Off the event loop.
 * @throws AppError `invalid` if it is none, or broken.
 */
export async function asPng(bytes: Uint8Array): Promise<Uint8Array> {
  const kind = mediaKindOf(bytes.subarray(0, KIND_BYTES))
  if (kind?.ext === 'png') return bytes
  const size = kind && pictureSizeOf(bytes, kind)
  if (!size) throw new AppError('invalid', 'This is no picture that can be drawn anew')
  checkPixels(size)
  try {
    return await new Transformer(bytes).rotate().png()
  } catch (error) {
    throw new AppError('invalid', 'The picture is broken', { cause: error })
  }
}
