import { unpacked } from './archive/read-archive.ts'
import { INSIDE } from './assets.ts'
import { withChange, type CardText } from './character/card-text.ts'
import { at, set, type Item } from './json/change.ts'
import { member, valueAt } from './json/values.ts'
import { type Writing } from './writing.ts'

/** More than this no program reads from the text of a card. */
const MAX_INLINE_BYTES = 3 * 1024 * 1024

/**
 * What lay beside a card in its archive goes into its text where there is no archive: the main picture is that of the
 * PNG, the others are written out as long as there is room. Those for which there is none stay named.
 */
export async function withInlineAssets({ source, text }: Writing): Promise<CardText> {
  const container = source?.open.container
  const assets = valueAt(text.value, ['data', 'assets'])
  if (container?.kind !== 'archive' || !Array.isArray(assets)) return text
  const files = new Map(container.archive.files.map((file) => [file.name.toLowerCase(), file]))
  let roomBytes = MAX_INLINE_BYTES
  const items: Item[] = []
  for (const [from, asset] of assets.entries()) {
    const uri = member(asset, 'uri')
    const path = typeof uri === 'string' && INSIDE.test(uri) ? uri.replace(INSIDE, '').toLowerCase() : ''
    const file = files.get(path)
    const isPicture = member(asset, 'type') === 'icon' && member(asset, 'name') === 'main'
    if (!file || (!isPicture && file.entry.uncompressedSize > roomBytes)) {
      items.push({ from })
      continue
    }
    const bytes = isPicture ? undefined : await unpacked(file, roomBytes)
    roomBytes -= bytes?.length ?? 0
    items.push({ from, change: at(['uri'], set(bytes ? dataUri(bytes) : 'ccdefault:')) })
  }
  return withChange(text, at(['data', 'assets'], { kind: 'items', items }))
}

function dataUri(bytes: Uint8Array): string {
  return `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`
}
