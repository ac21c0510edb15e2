import { Transformer } from '@napi-rs/image'
import { expect, test } from 'vitest'
import { asPng } from '../../../backend/media/as-png.ts'
import { mediaKindOf } from '../../../backend/media/media-kind.ts'
import { pictureSizeOf } from '../../../backend/media/picture-size.ts'

const [width, height] = [70, 45]
const pixels = Buffer.alloc(width * height * 4, 200)
const drawn = (): Transformer => Transformer.fromRgbaPixels(pixels, width, height)
const gif = Buffer.from('GIF89a\x46\0\x2d\0', 'latin1')

test.each([
  ['png', () => drawn().png()],
  ['jpg', () => drawn().jpeg()],
  ['webp', () => drawn().webp()],
  ['webp', () => drawn().webpLossless()],
  ['avif', () => drawn().avif({ speed: 10 })],
  ['bmp', () => drawn().bmp()],
  ['gif', () => Promise.resolve(gif)],
])(
  'a picture is known as %s by its first bytes, and how large it is without decoding it',
  async (ext, draw) => {
    const bytes = await draw()
    const kind = mediaKindOf(bytes)
    expect(kind?.ext).toBe(ext)
    expect(kind && pictureSizeOf(bytes, kind)).toEqual({ width, height })
  },
)

test('a header that is cut off anywhere has no size, and never a wrong one', async () => {
  for (const bytes of [await drawn().png(), await drawn().jpeg(), await drawn().webp(), gif]) {
    const kind = mediaKindOf(bytes)
    const sizes = Array.from({ length: Math.min(bytes.length, 400) }, (_unused, end) =>
      kind ? pictureSizeOf(bytes.subarray(0, end), kind) : undefined,
    )
    const wrong = sizes.filter((size) => size && (size.width !== width || size.height !== height))
    expect(wrong).toEqual([])
  }
})

test.each([
  ['wav', 'RIFF\x24\x08\0\0WAVEfmt '],
  ['mp3', 'ID3\x04\0\0\0'],
  ['mp3', '\xFF\xFB\x90\x64'],
  ['ogg', 'OggS\0\x02'],
  ['flac', 'fLaC\0\0\0\x22'],
  ['m4a', '\0\0\0\x20ftypM4A \0\0\0\0'],
  ['webm', '\x1A\x45\xDF\xA3\x9F\x42'],
])('a sound is known as %s', (ext, head) => {
  expect(mediaKindOf(Buffer.from(head.padEnd(64, '\0'), 'latin1'))).toMatchObject({ ext, type: 'sound' })
})

test.each([
  '<svg xmlns="http://www.w3.org/2000/svg">',
  '<!doctype html>',
  '%PDF-1.7',
  'PK\x03\x04',
  '',
  'RIFF....AVI ',
])('%j is no picture and no sound', (head) => {
  expect(mediaKindOf(Buffer.from(head, 'latin1'))).toBeUndefined()
})

test('a picture is drawn anew as a PNG only if it is none', async () => {
  const png = await drawn().png()
  expect(await asPng(png)).toBe(png)
  const made = await asPng(await drawn().jpeg())
  expect(mediaKindOf(made)?.ext).toBe('png')
  await expect(asPng(Buffer.from('<svg>'))).rejects.toMatchObject({ code: 'invalid' })
})
