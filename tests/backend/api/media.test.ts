import { createHash } from 'node:crypto'
import * as nodeFiles from 'node:fs/promises'
import { join } from 'node:path'
import { Transformer } from '@napi-rs/image'
import { expect, test } from 'vitest'
import { type Files } from '../../../backend/media/media-files.ts'
import { png, pngThatClaims } from '../../support/pictures.ts'
import { startTestApp, type TestApp } from '../../support/test-app.ts'

const portrait = png({ width: 600, height: 900 })

async function upload(app: TestApp, bytes: Uint8Array, name = 'file.bin'): Promise<Response> {
  const form = new FormData()
  form.append('file', new Blob([Uint8Array.from(bytes)]), name)
  return await fetch(`${app.url}/api/media`, { method: 'POST', body: form })
}

async function errorOf(response: Response): Promise<string> {
  const body: unknown = await response.json()
  return typeof body === 'object' && body !== null && 'error' in body ? String(body.error) : ''
}

test('a picture that was uploaded is there under its hash, whatever it was called', async () => {
  await using app = await startTestApp()
  const response = await upload(app, portrait, '../../etc/passwd.html')
  expect(response.status).toBe(201)
  const hash = createHash('sha256').update(portrait).digest('hex')
  const url = `/media/${hash}.png`
  expect(await response.json()).toEqual({
    url,
    hash,
    mime: 'image/png',
    bytes: portrait.length,
    width: 600,
    height: 900,
  })
  const picture = await fetch(`${app.url}${url}`)
  expect(picture.headers.get('content-type')).toBe('image/png')
  expect(picture.headers.get('cache-control')).toContain('immutable')
  expect(picture.headers.get('x-content-type-options')).toBe('nosniff')
  expect(picture.headers.get('content-security-policy')).toContain('sandbox')
  expect(Buffer.from(await picture.arrayBuffer()).equals(portrait)).toBe(true)
})

test('a picture comes in smaller sizes, with the same proportions, made once', async () => {
  await using app = await startTestApp()
  const { url, hash } = await app.media.addBytes(portrait)
  const asked = await Promise.all([1, 2, 3].map(() => fetch(`${app.url}${url}?size=256`)))
  for (const response of asked) {
    expect(response.headers.get('content-type')).toBe('image/webp')
    const { width, height } = await new Transformer(Buffer.from(await response.arrayBuffer())).metadata()
    expect([width, height]).toEqual([256, 384])
  }
  const made = await nodeFiles.readdir(join(app.media.files.folder, 'sizes', hash.slice(0, 2)))
  expect(made).toEqual([`${hash}-256.webp`])
})

test('who has a picture already is not sent it again', async () => {
  await using app = await startTestApp()
  const { url } = await app.media.addBytes(portrait)
  const first = await fetch(`${app.url}${url}?size=96`)
  const again = await fetch(`${app.url}${url}?size=96`, {
    headers: { 'if-none-match': first.headers.get('etag') ?? '' },
  })
  expect(again.status).toBe(304)
})

test('a sound can be played from its middle', async () => {
  await using app = await startTestApp()
  const sound = Buffer.concat([Buffer.from('RIFF\x10\x00\x00\x00WAVEfmt '), Buffer.alloc(1_000, 7)])
  const { url, mime } = await app.media.addBytes(sound)
  expect(mime).toBe('audio/wav')
  const part = await fetch(`${app.url}${url}`, { headers: { range: 'bytes=500-599' } })
  expect(part.status).toBe(206)
  expect((await part.arrayBuffer()).byteLength).toBe(100)
})

test('identical content is kept once', async () => {
  await using app = await startTestApp()
  const [first, second] = [await upload(app, portrait, 'a.png'), await upload(app, portrait, 'b.png')]
  expect(await first.json()).toEqual(await second.json())
  expect(await nodeFiles.readdir(join(app.media.files.folder, 'incoming'))).toEqual([])
})

test.each([
  ['a page', Buffer.from('<!doctype html><script>alert(1)</script>')],
  ['a drawing that can hold scripts', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')],
  ['a text', Buffer.from('BM is how this text begins, and it is no picture')],
  ['nothing', Buffer.alloc(0)],
])('%s is refused, and nothing of it is kept', async (_name, bytes) => {
  await using app = await startTestApp()
  const response = await upload(app, bytes, 'picture.png')
  expect(response.status).toBe(422)
  expect(await errorOf(response)).toContain('neither a picture')
  expect(await nodeFiles.readdir(app.media.files.folder)).toEqual(['incoming'])
})

test('a file that was kept for other reasons is not served as a picture', async () => {
  await using app = await startTestApp()
  const hash = await app.media.files.put(Buffer.from('<script>alert(1)</script>'))
  for (const ext of ['html', 'svg', 'png', 'json']) {
    expect((await fetch(`${app.url}/media/${hash}.${ext}`)).status).toBe(404)
  }
})

test('a picture of more pixels than fit into memory is refused before it is decoded', async () => {
  await using app = await startTestApp()
  const response = await upload(app, pngThatClaims({ width: 60_000, height: 60_000 }))
  expect(response.status).toBe(422)
  expect(await errorOf(response)).toBe('The picture is 60000 × 60000 pixels; up to 100 million are possible')
})

test('a broken picture is kept, and says what is wrong when it is asked for smaller', async () => {
  await using app = await startTestApp()
  const broken = portrait.subarray(0, 60)
  const { url } = await app.media.addBytes(broken)
  const small = await fetch(`${app.url}${url}?size=96`)
  expect(small.status).toBe(422)
  expect(small.headers.get('cache-control')).toBeNull()
  expect(await errorOf(small)).toBe(
    'The picture is broken and cannot be shown smaller; the file itself is kept',
  )
  expect((await fetch(`${app.url}${url}`)).status).toBe(200)
})

test('a file that is too large is refused while it comes, and nothing of it is kept', async () => {
  await using app = await startTestApp()
  const response = await upload(app, Buffer.alloc(51 * 1024 * 1024, 1))
  expect(response.status).toBe(422)
  expect(await errorOf(response)).toBe('The file is larger than 50 MiB, which is as large as a file may be')
  expect(await nodeFiles.readdir(join(app.media.files.folder, 'incoming'))).toEqual([])
})

test('a full disk is told as such, and leaves nothing half written', async () => {
  const full: Files = {
    ...nodeFiles,
    open: async (...args) => {
      const handle = await nodeFiles.open(...args)
      handle.writeFile = () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }))
      return handle
    },
  }
  await using app = await startTestApp({ disk: full })
  const response = await upload(app, portrait)
  expect(response.status).toBe(507)
  expect(await errorOf(response)).toContain('The disk is full')
  expect(await nodeFiles.readdir(join(app.media.files.folder, 'incoming'))).toEqual([])
})

test('sizes that there are not, names that are none, and requests without a file are told apart', async () => {
  await using app = await startTestApp()
  const { url } = await app.media.addBytes(portrait)
  expect((await fetch(`${app.url}${url}?size=100`)).status).toBe(422)
  expect((await fetch(`${app.url}/media/..%2f..%2ftroupe.db`)).status).toBe(404)
  expect((await fetch(`${app.url}/media/${'0'.repeat(64)}.png`)).status).toBe(404)
  const empty = await fetch(`${app.url}/api/media`, { method: 'POST', body: new FormData() })
  expect(empty.status).toBe(400)
  const json = await fetch(`${app.url}/api/media`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  })
  expect(json.status).toBe(400)
})

test('pictures need no token, uploading does', async () => {
  await using app = await startTestApp({ token: 'secret' })
  const { url } = await app.media.addBytes(portrait)
  expect((await fetch(`${app.url}${url}`)).status).toBe(200)
  expect((await upload(app, portrait)).status).toBe(401)
})
