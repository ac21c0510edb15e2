import { isObject, member, valueAt } from './json/values.ts'
import { unpacked, type Archive } from './archive/read-archive.ts'
import { type CardAsset } from './contract.ts'
import { MAX_ASSET_BYTES } from './limits.ts'
import { assetChunks } from './png/asset-chunks.ts'
import { type OpenCard } from './open-card.ts'
import { type Report } from './report.ts'

/** What a card says of an asset. */
type Declared = Omit<CardAsset, 'bytes'>

const MAX_ASSETS = 5_000
const PICTURES = new Set(['png', 'jpg', 'jpeg', 'webp', 'gif', 'apng', 'avif', 'bmp', 'jfif'])

/** The pictures, sounds and files of a card: its own picture first. */
export async function assetsOf(card: OpenCard, bytes: Uint8Array, report: Report): Promise<CardAsset[]> {
  const declared = declaredAssets(card.value)
  const { container } = card
  if (container.kind === 'archive') return archiveAssets(container.archive, declared, report)
  const chunks = new Files(container.kind === 'png' ? assetChunks(bytes) : new Map<string, Uint8Array>())
  const assets = declared.map((one) => ({
    ...one,
    bytes: dataBytes(one.uri) ?? chunks.find(one.uri) ?? null,
  }))
  if (container.kind !== 'png') return mainFirst(assets)
  const picture = { type: 'icon', name: 'main', ext: 'png', uri: 'ccdefault:', bytes }
  return [picture, ...assets.filter(({ uri }) => uri !== 'ccdefault:')]
}

function declaredAssets(card: unknown): Declared[] {
  const list = valueAt(card, ['data', 'assets'])
  const assets = (Array.isArray(list) ? list : [])
    .slice(0, MAX_ASSETS)
    .flatMap((one: unknown): Declared[] => {
      const [uri, type, name, ext] = ['uri', 'type', 'name', 'ext'].map((key) => textOf(member(one, key)))
      if (!isObject(one) || !uri || !type) return []
      return [{ type, name: name ?? '', ext: extensionOf(ext ?? '', uri), uri }]
    })
  return assets.some(({ type }) => type === 'icon') ? assets : [...avatars(card), ...assets]
}

function textOf(json: unknown): string | undefined {
  return typeof json === 'string' ? json : undefined
}

/** Where older cards name their picture. */
function avatars(card: unknown): Declared[] {
  const [uri] = [['data', 'avatar'], ['avatar']].flatMap((path) => {
    const text = textOf(valueAt(card, path))
    return text && /^(https?:|data:image\/)/i.test(text) ? [text] : []
  })
  return uri === undefined ? [] : [{ type: 'icon', name: 'main', ext: extensionOf('', uri), uri }]
}

function extensionOf(ext: string, uri: string): string {
  const declared = ext.toLowerCase().replace(/^\./, '')
  if (/^[a-z0-9]{1,10}$/.test(declared) && declared !== 'unknown') return declared
  const [, mime] = /^data:[a-z]+\/([a-z0-9]+)/i.exec(uri.slice(0, 100)) ?? []
  const [, suffix] = /\.([a-z0-9]{1,10})(?:[?#].*)?$/i.exec(uri.slice(-200)) ?? []
  return (mime ?? suffix ?? 'unknown').toLowerCase()
}

function dataBytes(uri: string): Uint8Array | undefined {
  if (!/^data:/i.test(uri)) return undefined
  const comma = uri.indexOf(',')
  if (comma === -1 || uri.length - comma > MAX_ASSET_BYTES * 1.4) return undefined
  const isBase64 = /;base64$/i.test(uri.slice(0, comma))
  const bytes = Buffer.from(uri.slice(comma + 1), isBase64 ? 'base64' : 'utf8')
  return bytes.length > 0 ? bytes : undefined
}

/** `embeded://` is how it is written; others write it as it is spelled. */
export const INSIDE = /^(?:embedd?ed:\/\/|__asset:)/i

/** Files by the path that an asset names; in other letters if none is spelled like that. */
class Files<File> {
  readonly #exact: ReadonlyMap<string, File>
  readonly #folded: ReadonlyMap<string, File>

  constructor(files: ReadonlyMap<string, File>) {
    this.#exact = files
    this.#folded = new Map([...files].map(([name, file]) => [name.toLowerCase(), file]))
  }

  find(uri: string): File | undefined {
    if (!INSIDE.test(uri)) return undefined
    const path = uri.replace(INSIDE, '')
    return this.#exact.get(path) ?? this.#folded.get(path.toLowerCase())
  }
}

async function archiveAssets(
  archive: Archive,
  declared: readonly Declared[],
  report: Report,
): Promise<CardAsset[]> {
  const files = new Files(new Map(archive.files.map((file) => [file.name, file])))
  const assets: CardAsset[] = []
  for (const one of [...declared, ...undeclared(archive, declared)]) {
    const file = files.find(one.uri)
    if (!file && INSIDE.test(one.uri))
      report.ignored([one.uri.slice(0, 200)], 'The file is not in the archive')
    const bytes = file ? await unpacked(file, MAX_ASSET_BYTES) : dataBytes(one.uri)
    assets.push({ ...one, bytes: bytes ?? null })
  }
  const hasIcon = assets.some(({ type, bytes }) => type === 'icon' && bytes)
  const picture = { type: 'icon', name: 'main', ext: 'jpg', uri: 'ccdefault:', bytes: archive.prefix }
  return mainFirst(hasIcon || archive.prefix.length === 0 ? assets : [picture, ...assets])
}

/** Pictures that lie in the folders for them, though the card does not name them. */
function undeclared(archive: Archive, declared: readonly Declared[]): Declared[] {
  const named = new Set(declared.map(({ uri }) => uri.replace(INSIDE, '').toLowerCase()))
  return archive.files.flatMap(({ name }) => {
    const [, type, file, ext] = /^assets\/([^/]+)\/(?:[^/]+\/)*([^/]+)\.([a-z0-9]+)$/i.exec(name) ?? []
    if (!type || !file || !ext || named.has(name.toLowerCase()) || !PICTURES.has(ext.toLowerCase())) return []
    return [{ type, name: file, ext: ext.toLowerCase(), uri: `embeded://${name}` }]
  })
}

function mainFirst(assets: readonly CardAsset[]): CardAsset[] {
  const icons = assets.filter(({ type }) => type === 'icon')
  const main = icons.find(({ name }) => name === 'main') ?? icons[0]
  return main ? [main, ...assets.filter((asset) => asset !== main)] : [...assets]
}
