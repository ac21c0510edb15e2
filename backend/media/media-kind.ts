/** What a file is, as its first bytes say; its name has no say in it. */
export interface MediaKind {
  readonly ext: string
  readonly mime: string
  readonly type: 'picture' | 'sound'
}

/** How much of a file has to be seen to tell what it is. */
export const KIND_BYTES = 64

const picture = (ext: string, mime: string): MediaKind => ({ ext, mime, type: 'picture' })
const sound = (ext: string, mime: string): MediaKind => ({ ext, mime, type: 'sound' })

const AVIF = picture('avif', 'image/avif')
const M4A = sound('m4a', 'audio/mp4')

/** SVG and HTML are not among them, on purpose: they can hold scripts. */
const KINDS: readonly (readonly [at: number, bytes: string, kind: MediaKind])[] = [
  [0, '\x89PNG\r\n\x1A\n', picture('png', 'image/png')],
  [0, '\xFF\xD8\xFF', picture('jpg', 'image/jpeg')],
  [0, 'GIF87a', picture('gif', 'image/gif')],
  [0, 'GIF89a', picture('gif', 'image/gif')],
  [8, 'WEBP', picture('webp', 'image/webp')],
  [8, 'WAVE', sound('wav', 'audio/wav')],
  [0, 'OggS', sound('ogg', 'audio/ogg')],
  [0, 'fLaC', sound('flac', 'audio/flac')],
  [0, 'ID3', sound('mp3', 'audio/mpeg')],
  [0, '\x1A\x45\xDF\xA3', sound('webm', 'audio/webm')],
]

/** @param head the first `KIND_BYTES` of the file. @returns undefined for whatever is no picture and no sound. */
export function mediaKindOf(head: Uint8Array): MediaKind | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, KIND_BYTES)).toString('latin1')
  const known = KINDS.find(([at, bytes]) => text.startsWith(bytes, at))?.[2]
  if (known && (text.startsWith('RIFF') || !['webp', 'wav'].includes(known.ext))) return known
  if (text.startsWith('ftyp', 4)) return isoKindOf(text)
  if (text.startsWith('BM') && isBitmap(head)) return picture('bmp', 'image/bmp')
  return isMpegFrame(head) ? sound('mp3', 'audio/mpeg') : undefined
}

/** The name under which files of a kind may be asked for, too. */
export function sameExtension(asked: string, kind: MediaKind): boolean {
  const aliases: Readonly<Record<string, string>> = {
    jpeg: 'jpg',
    jfif: 'jpg',
    apng: 'png',
    oga: 'ogg',
    mp4: 'm4a',
  }
  return (aliases[asked] ?? asked) === kind.ext
}

/** ISO files hold pictures or sound; their brands say which. */
function isoKindOf(text: string): MediaKind | undefined {
  const brands = text.slice(8, KIND_BYTES)
  if (/^avi[fs]|avif/.test(brands)) return AVIF
  return /^(?:M4[AB]|isom|iso[2-9]|mp4[12]|dash)/.test(brands) ? M4A : undefined
}

/** `BM` begins many a text, too. */
function isBitmap(head: Uint8Array): boolean {
  const headerBytes = head[14] ?? 0
  return [12, 40, 52, 56, 64, 108, 124].includes(headerBytes) && head[15] === 0 && head[6] === 0
}

/** An MP3 without tags begins with a frame: eleven bits set, layer 3, and neither a reserved rate nor version. */
function isMpegFrame(head: Uint8Array): boolean {
  const [first = 0, second = 0, third = 0] = head
  const isLayer3 = (second & 0b110) === 0b010
  const hasVersion = (second & 0b11000) !== 0b01000
  return (
    first === 0xff && second >= 0xe0 && isLayer3 && hasVersion && third >> 4 !== 15 && (third & 12) !== 12
  )
}
