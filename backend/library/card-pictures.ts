import { type CardReport } from '#shared/entities.ts'
import { type CardAsset } from '../cards/contract.ts'
import { AppError } from '../errors.ts'
import { type MediaLibrary } from '../media/media-library.ts'

export interface CardPictures {
  /** The portrait. */
  readonly image_url: string | null
  /** All others: expressions, backgrounds, the gallery. */
  readonly images: string[]
  /** Pictures that cannot be shown, and why. They stay in the file that is kept. */
  readonly ignored: CardReport['ignored']
}

const PICTURE = /^(?:png|apng|jpe?g|jfif|webp|gif|avif|bmp|unknown)$/
/** As many as a character can have. */
const MAX_IMAGES = 500

/** Keeps the pictures of a card. One that is broken does not keep the others, or the card, away. */
export async function keepPictures(media: MediaLibrary, assets: readonly CardAsset[]): Promise<CardPictures> {
  const icon =
    assets.find(({ type, name, bytes }) => type === 'icon' && name === 'main' && bytes) ??
    assets.find(({ type, bytes }) => type === 'icon' && bytes)
  let image_url: string | null = null
  const images = new Set<string>()
  const ignored: CardReport['ignored'] = []
  for (const asset of assets) {
    if (!asset.bytes || !PICTURE.test(asset.ext)) continue
    try {
      const { url, mime } = await media.addBytes(asset.bytes)
      if (!mime.startsWith('image/')) continue
      if (asset === icon) image_url = url
      else if (images.size < MAX_IMAGES) images.add(url)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'invalid') throw error
      ignored.push({ path: pathOf(asset), reason: error.message })
    }
  }
  if (image_url !== null) images.delete(image_url)
  return { image_url, images: [...images], ignored }
}

function pathOf({ uri, type, name }: CardAsset): string {
  // A picture inside of the address would be told in full.
  return uri === '' || uri.startsWith('data:') ? `${type}/${name}` : uri.slice(0, 500)
}
