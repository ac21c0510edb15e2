import { writeArchive, EMPTY_ARCHIVE, type NewFile } from './archive/write-archive.ts'
import { upgraded, withChange, type CardText } from './character/card-text.ts'
import { type CardAsset } from './contract.ts'
import { at, set } from './json/change.ts'
import { isObject, valueAt } from './json/values.ts'
import { plainPicture } from './png/plain-picture.ts'
import { type Writing } from './writing.ts'

const MAIN_ICON = 'assets/icon/images/main.png'

/** An archive with the card, its pictures, and what else was in it. */
export function archiveFile(writing: Writing): Uint8Array {
  const { card, source, text, after } = writing
  const newer = upgraded(text, after)
  if (source?.open.container.kind === 'archive') {
    const { archive, cardName } = source.open.container
    const icon = card.isPictureNew === true && card.picture ? card.picture : undefined
    const result = icon ? withMainIcon(newer) : newer
    const files = [{ name: cardName, bytes: Buffer.from(result.text) }]
    return writeArchive(archive, icon ? [...files, { name: MAIN_ICON, bytes: icon }] : files)
  }
  const files = new Map<string, NewFile>()
  const assets = assetsFor(writing).map((asset) => placed(asset, files))
  const result = withChange(newer, at(['data', 'assets'], set(assets)))
  return writeArchive(EMPTY_ARCHIVE, [
    { name: 'card.json', bytes: Buffer.from(result.text) },
    ...files.values(),
  ])
}

function withMainIcon(card: CardText): CardText {
  const assets = valueAt(card.value, ['data', 'assets'])
  const others = (Array.isArray(assets) ? assets : []).filter(
    (asset: unknown) => !isObject(asset) || asset['type'] !== 'icon' || asset['name'] !== 'main',
  )
  const icon = { type: 'icon', name: 'main', ext: 'png', uri: `embeded://${MAIN_ICON}` }
  return withChange(card, at(['data', 'assets'], set([icon, ...others])))
}

/** The pictures for a new archive; there is always one. */
function assetsFor({ card, source }: Writing): readonly CardAsset[] {
  const picture = card.isPictureNew === true ? card.picture : null
  const others = picture
    ? card.assets.filter(({ type, name }) => type !== 'icon' || name !== 'main')
    : card.assets
  if (!picture && others.some(({ type, bytes }) => type === 'icon' && bytes)) return others
  const own = source?.open.format === 'png' ? source.bytes : undefined
  const bytes = picture ?? own ?? card.picture ?? plainPicture(card.character.color)
  return [{ type: 'icon', name: 'main', ext: 'png', uri: 'ccdefault:', bytes }, ...others]
}

const KINDS: Readonly<Record<string, string>> = {
  mp3: 'audio',
  wav: 'audio',
  ogg: 'audio',
  opus: 'audio',
  flac: 'audio',
  mp4: 'video',
  webm: 'video',
  safetensors: 'ai',
  onnx: 'ai',
  ttf: 'fonts',
  woff: 'fonts',
  woff2: 'fonts',
  js: 'code',
  lua: 'code',
}
const IMAGES = new Set(['png', 'jpg', 'jpeg', 'webp', 'gif', 'apng', 'avif', 'bmp', 'jfif', 'svg'])

/** Puts an asset into the archive. @returns how the card names it there. */
function placed({ bytes, ...asset }: CardAsset, files: Map<string, NewFile>): Omit<CardAsset, 'bytes'> {
  if (!bytes) return asset
  const folder = plainName(asset.type) || 'other'
  const kind = IMAGES.has(asset.ext) ? 'images' : (KINDS[asset.ext] ?? 'other')
  const stem = `assets/${folder}/${kind}/${plainName(asset.name) || 'file'}`
  const ext = plainName(asset.ext) || 'unknown'
  let path = `${stem}.${ext}`
  for (let count = 2; files.has(path.toLowerCase()); count += 1) path = `${stem}-${count}.${ext}`
  files.set(path.toLowerCase(), { name: path, bytes })
  return { ...asset, ext, uri: `embeded://${path}` }
}

/** Letters that every program takes in the name of a file. */
function plainName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60)
}
