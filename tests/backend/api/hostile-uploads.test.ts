import * as nodeFiles from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { ImportResult } from '#shared/entities/import.ts'
import { type Files } from '../../../backend/media/media-files.ts'
import { cardJson, cardPng } from '../../support/cards.ts'
import { startTestApp, type TestApp } from '../../support/test-app.ts'

const BOUNDARY = 'edge'
const nessa = cardPng({ name: 'Nessa' })

function part(fileName: string, bytes: Buffer | string): Buffer {
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="${fileName}"\r\n\r\n`
  return Buffer.concat([Buffer.from(head), Buffer.from(bytes), Buffer.from('\r\n')])
}

const END = Buffer.from(`--${BOUNDARY}--\r\n`)

interface Answer {
  readonly status: number
  readonly body: unknown
}

/** Sends a body that no browser would send. */
async function send(app: TestApp, body: Buffer, contentType = `multipart/form-data; boundary=${BOUNDARY}`) {
  const response = await fetch(`${app.url}/api/characters/import`, {
    method: 'POST',
    body: Uint8Array.from(body),
    headers: { 'content-type': contentType },
  })
  return { status: response.status, body: await response.json() } as Answer
}

function results({ body }: Answer): ImportResult[] {
  return ImportResult.array().parse(body)
}

async function expectNothingLeft(app: TestApp): Promise<void> {
  const left = await nodeFiles.readdir(join(app.media.files.folder, 'incoming')).catch(() => [])
  expect(left).toEqual([])
}

async function zipped(fill: (zip: ZipFile) => void): Promise<Buffer> {
  const zip = new ZipFile()
  fill(zip)
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

test('a name with a path in it is a name, and leads nowhere', async () => {
  await using app = await startTestApp()
  const answer = await send(app, Buffer.concat([part('../../../etc/nessa.png', nessa), END]))
  expect(results(answer)).toMatchObject([{ file: 'nessa.png', ok: true }])
})

test('what breaks off has imported what came before, and says so', async () => {
  await using app = await startTestApp()
  const half = Buffer.concat([
    part('one.png', nessa),
    part('two.json', cardJson({ name: 'Tom' })).subarray(0, 150),
  ])
  const [one, rest, ...more] = results(await send(app, half))
  expect(one).toMatchObject({ file: 'one.png', ok: true })
  expect(rest).toMatchObject({ ok: false, code: 'bad_message' })
  expect(rest?.error).toContain('broke off')
  expect(more).toEqual([])
  expect((await app.store.characters.list()).map(({ name }) => name)).not.toContain('Tom')
  await expectNothingLeft(app)
})

test.each([
  ['no parts', Buffer.from('nothing of the sort'), undefined],
  ['no boundary', part('a.png', nessa), 'multipart/form-data'],
  ['no multipart', Buffer.from('a=b'), 'application/x-www-form-urlencoded'],
  [
    'no files',
    Buffer.concat([
      Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n`),
      END,
    ]),
    undefined,
  ],
])('a body with %s is refused in a sentence', async (_name, body, contentType) => {
  await using app = await startTestApp()
  const { status, body: answer } = await send(app, body, contentType)
  expect([400, 415]).toContain(status)
  expect(answer).toMatchObject({ code: 'bad_message', error: expect.stringMatching(/\w+ \w+/) })
})

test('more parts than a request may have are told as such, behind those that were done', async () => {
  await using app = await startTestApp()
  const field = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n`
  const parts = [part('nessa.png', nessa), Buffer.from(field.repeat(10_000)), END]
  const [first, rest, ...more] = results(await send(app, Buffer.concat(parts)))
  expect(first).toMatchObject({ file: 'nessa.png', ok: true })
  expect(rest).toMatchObject({ ok: false, code: 'bad_message' })
  expect(rest?.error).toContain('at most 10000 files')
  expect(more).toEqual([])
})

test('a client that goes away in the middle of a file leaves nothing behind, and the server well', async () => {
  await using app = await startTestApp()
  const leaving = request(`${app.url}/api/characters/import`, {
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}`, 'content-length': 1_000_000 },
  })
  const gone = new Promise((resolve) => {
    leaving.on('error', resolve)
  })
  leaving.write(part('one.png', nessa).subarray(0, 200))
  await until(
    async () =>
      (await nodeFiles.readdir(join(app.media.files.folder, 'incoming')).catch(() => [])).length > 0,
  )
  leaving.destroy()
  await gone
  await until(async () => (await nodeFiles.readdir(join(app.media.files.folder, 'incoming'))).length === 0)
  const answer = await send(app, Buffer.concat([part('nessa.png', nessa), END]))
  expect(results(answer)).toMatchObject([{ ok: true }])
})

test('on a full disk every file is told as failed, and there is nobody half imported', async () => {
  let isFull = false
  const disk: Files = {
    ...nodeFiles,
    open: async (...args) => {
      const handle = await nodeFiles.open(...args)
      const full = Object.assign(new Error('no space'), { code: 'ENOSPC' })
      if (isFull) handle.writeFile = () => Promise.reject(full)
      return handle
    },
  }
  await using app = await startTestApp({ disk })
  const before = await app.store.characters.list()
  isFull = true
  const two = Buffer.concat([part('a.png', nessa), part('b.json', cardJson({ name: 'Tom' })), END])
  const failed = results(await send(app, two))
  expect(failed).toMatchObject([
    { file: 'a.png', ok: false, code: 'storage_failed' },
    { file: 'b.json', ok: false, code: 'storage_failed' },
  ])
  expect(failed[0]?.error).toContain('The disk is full')
  expect(await app.store.characters.list()).toEqual(before)
  await expectNothingLeft(app)
  isFull = false
  expect(results(await send(app, two)).map(({ ok }) => ok)).toEqual([true, true])
})

test('an archive that tries to leave its folder, or holds too much, is refused whole', async () => {
  await using app = await startTestApp()
  const slip = await zipped((zip) => zip.addBuffer(nessa, 'xx/xx/nessa.png'))
  const slipped = Buffer.from(slip.toString('latin1').replaceAll('xx/xx/', '../../'), 'latin1')
  const many = await zipped((zip) => zip.addBuffer(nessa, 'nessa.png'))
  for (const at of [8, 10]) many.writeUInt16LE(10_001, many.length - 22 + at)
  const body = Buffer.concat([
    part('slip.zip', slipped),
    part('many.zip', many),
    part('nessa.png', nessa),
    END,
  ])
  const [first, second, third] = results(await send(app, body))
  expect(first).toMatchObject({ file: 'slip.zip', ok: false, code: 'invalid' })
  expect(first?.error).toContain('cannot be unpacked')
  expect(second?.error).toBe('The archive holds more than 10000 files; import it in parts')
  expect(third).toMatchObject({ ok: true })
  await expectNothingLeft(app)
})

test('an archive that is cut off, or says that it is something else, is one failure', async () => {
  await using app = await startTestApp()
  const whole = await zipped((zip) => zip.addBuffer(nessa, 'nessa.png'))
  const empty = await zipped((zip) => zip.addBuffer(Buffer.from('Hello'), 'readme.txt'))
  const body = Buffer.concat([part('cut.zip', whole.subarray(0, 200)), part('empty.zip', empty), END])
  const [cut, none] = results(await send(app, body))
  expect(cut).toMatchObject({ ok: false, code: 'invalid' })
  expect(none?.error).toBe('The archive holds no character cards')
})

/** What happens on the other side of a socket has no event of its own here. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  await expect.poll(isSo, { timeout: 30_000, interval: 5 }).toBe(true)
}
