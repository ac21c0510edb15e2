import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Clock, systemClock } from '../../../../backend/lib/clock.ts'
import { ModelDownloads } from '../../../../backend/runners/downloads/downloads.ts'
import { type Download } from '#shared/entities.ts'
import { type FileHandler, type FileServer, serves, startFileServer } from '../../../support/file-server.ts'
import { writeGguf } from '../../../support/gguf-writer.ts'

const MODEL = writeGguf({
  fields: { 'general.architecture': { type: 'string', value: 'llama' } },
  tensors: [{ name: 'w', dimensions: [50_000], values: new Float32Array(50_000).fill(1) }],
})
/** As the system's, but waits between tries take no time. */
const clock: Clock = { ...systemClock, after: (_delayMs, callback) => systemClock.after(0, callback) }

let folder: string
let server: FileServer
let downloads: ModelDownloads
let changes: Download[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-downloads-'))
  server = await startFileServer(serves({ bytes: MODEL }))
  changes = []
  downloads = open()
})
afterEach(async () => {
  await downloads[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

function open(stallMs = 5_000): ModelDownloads {
  return new ModelDownloads({
    clock,
    folder,
    hubUrl: server.url,
    hubToken: 'hf_secret',
    stallMs,
    onChange: (download) => changes.push(download),
  })
}

/** @returns how it ended. */
async function fetched(source: string): Promise<Download> {
  const { id } = downloads.start(source)
  return vi.waitUntil(
    () => downloads.list().find((download) => download.id === id && download.state !== 'running'),
    { timeout: 20_000, interval: 5 },
  )
}

const files = async (): Promise<string[]> => (await readdir(folder)).toSorted()
const inFolder = (name: string): Buffer => readFileSync(join(folder, name))

describe('a download', () => {
  test('arrives under its name, and is told of while it does', async () => {
    const done = await fetched(`${server.url}/some/where/tiny.gguf?download=true`)
    expect(done).toMatchObject({ state: 'done', done_bytes: MODEL.length, total_bytes: MODEL.length })
    expect(done.path).toBe(join(folder, 'tiny.gguf'))
    expect(inFolder('tiny.gguf').equals(MODEL)).toBe(true)
    expect(await files()).toEqual(['tiny.gguf'])
    expect(changes.at(0)).toMatchObject({ state: 'running', done_bytes: 0 })
    expect(changes.at(-1)).toEqual(done)
  })

  test('of a hub’s repository lies in a folder of its owner, and shows the token to the hub', async () => {
    const done = await fetched('hf:owner/some-repo/sub/tiny.gguf')
    expect(done.state).toBe('done')
    expect(done.path).toBe(join(folder, 'owner', 'some-repo', 'sub', 'tiny.gguf'))
    expect(server.asked[0]?.path).toBe('/owner/some-repo/resolve/main/sub/tiny.gguf')
    expect(server.asked[0]?.headers.authorization).toBe('Bearer hf_secret')
  })

  test('of a page of the hub is the file that the page shows', async () => {
    await fetched(`${server.url}/owner/repo/blob/main/tiny.gguf`)
    expect(server.asked[0]?.path).toBe('/owner/repo/resolve/main/tiny.gguf')
  })

  test('of one part of a model brings all parts', async () => {
    const done = await fetched(`${server.url}/big-00001-of-00003.gguf`)
    expect(done).toMatchObject({ state: 'done', done_bytes: 3 * MODEL.length })
    expect(await files()).toEqual([1, 2, 3].map((part) => `big-0000${part}-of-00003.gguf`))
  })

  test('of a file that is there already is done at once', async () => {
    writeFileSync(join(folder, 'tiny.gguf'), MODEL)
    expect(await fetched(`${server.url}/tiny.gguf`)).toMatchObject({ state: 'done' })
    expect(server.asked).toEqual([])
  })

  test('that runs already is not begun twice', async () => {
    server.handle((_request, response) => void response.writeHead(200).write('GGUF'))
    const first = downloads.start(`${server.url}/tiny.gguf`)
    expect(downloads.start(`${server.url}/tiny.gguf`).id).toBe(first.id)
    expect(downloads.list()).toHaveLength(1)
  })

  test('that is cancelled ends, and goes on where it was when it is started again', async () => {
    server.handle((_request, response) => {
      response.writeHead(200, { etag: '"one"', 'content-length': MODEL.length })
      response.write(MODEL.subarray(0, 100_000))
    })
    const { id } = downloads.start(`${server.url}/tiny.gguf`)
    await vi.waitUntil(
      () => existsSync(join(folder, 'tiny.gguf.part')) && inFolder('tiny.gguf.part').length > 0,
    )
    downloads.cancel(id)
    await vi.waitUntil(() => downloads.list()[0]?.state === 'cancelled')
    const had = inFolder('tiny.gguf.part').length
    server.handle(serves({ bytes: MODEL }))
    expect(await fetched(`${server.url}/tiny.gguf`)).toMatchObject({
      state: 'done',
      done_bytes: MODEL.length,
    })
    expect(server.asked.at(-1)?.headers).toMatchObject({ range: `bytes=${had}-`, 'if-range': '"one"' })
    expect(inFolder('tiny.gguf').equals(MODEL)).toBe(true)
    expect(await files()).toEqual(['tiny.gguf'])
  })
})

describe('a connection that breaks', () => {
  test('is made again, as long as anything comes', async () => {
    server.handle(serves({ bytes: MODEL, breaksAfter: 20_000 }))
    expect(await fetched(`${server.url}/tiny.gguf`)).toMatchObject({
      state: 'done',
      done_bytes: MODEL.length,
    })
    expect(server.asked.length).toBeGreaterThanOrEqual(MODEL.length / 20_000)
    expect(inFolder('tiny.gguf').equals(MODEL)).toBe(true)
  })

  test('begins anew where the file has changed meanwhile', async () => {
    const other = Buffer.from(MODEL)
    other[MODEL.length - 4] = 7
    server.handle((request, response) => {
      serves({ bytes: MODEL, breaksAfter: 50_000 })(request, response)
      server.handle(serves({ bytes: other, etag: '"two"' }))
    })
    expect(await fetched(`${server.url}/tiny.gguf`)).toMatchObject({ state: 'done' })
    expect(inFolder('tiny.gguf').equals(other)).toBe(true)
  })

  test('is given up after some tries without a byte', async () => {
    server.handle((request) => request.socket.destroy())
    const failed = await fetched(`${server.url}/tiny.gguf`)
    expect(failed).toMatchObject({ state: 'failed' })
    expect(failed.error).toContain('goes on where it was')
    expect(server.asked).toHaveLength(5)
  })

  test('that only hangs is given up, too', async () => {
    await downloads[Symbol.asyncDispose]()
    downloads = open(100)
    server.handle((_request, response) => void response.writeHead(200).write('GGUF'))
    const failed = await fetched(`${server.url}/tiny.gguf`)
    expect(failed.error).toContain('stopped sending')
  })
})

describe('a server that is wrong', () => {
  const cases: readonly (readonly [string, FileHandler, string])[] = [
    ['has no such file', (_q, answer) => void answer.writeHead(404).end(), 'no such file'],
    ['wants to know who asks', (_q, answer) => void answer.writeHead(401).end(), 'hf_token'],
    ['has a licence to be accepted', (_q, answer) => void answer.writeHead(403).end(), 'licence'],
    ['sends a page', (_q, answer) => void answer.writeHead(200).end('<html></html>'), 'no GGUF file'],
    ['sends half a model and says it is all', serves({ bytes: MODEL.subarray(0, 1_000) }), 'It is not whole'],
    [
      'packs it on the way',
      (_q, answer) => void answer.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
      'packs the file',
    ],
    [
      'leads around in circles',
      (_q, answer) => void answer.writeHead(302, { location: '/x.gguf' }).end(),
      'in circles',
    ],
    [
      'leads into the file system',
      (_q, answer) => void answer.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      'no web address',
    ],
    ['leads nowhere', (_q, answer) => void answer.writeHead(302).end(), 'no web address'],
    [
      'promises more than there is room for',
      (_q, answer) => void answer.writeHead(200, { 'content-length': 9e15 }).write('GGUF'),
      'make room first',
    ],
    [
      'says one hash and sends another file',
      (request, answer) => {
        answer.setHeader('x-linked-etag', `"${'0'.repeat(64)}"`)
        serves({ bytes: MODEL })(request, answer)
      },
      'its hash differs',
    ],
  ]

  test.each(cases)('because it %s leaves no model, and a sentence', async (_what, handler, words) => {
    server.handle(handler)
    const failed = await fetched(`${server.url}/tiny.gguf`)
    expect(failed.state).toBe('failed')
    expect(failed.error).toContain(words)
    expect(await files()).not.toContain('tiny.gguf')
  })

  test('is believed if the hash that it told is right', async () => {
    const hash = createHash('sha256').update(MODEL).digest('hex')
    server.handle((request, response) => {
      response.setHeader('x-linked-etag', `"${hash}"`)
      serves({ bytes: MODEL })(request, response)
    })
    expect(await fetched(`${server.url}/tiny.gguf`)).toMatchObject({ state: 'done' })
  })

  test('elsewhere is not shown the token that is for the hub', async () => {
    await using store = await startFileServer(serves({ bytes: MODEL }))
    server.handle(
      (_request, response) => void response.writeHead(302, { location: `${store.url}/blob` }).end(),
    )
    expect(await fetched('hf:owner/repo/tiny.gguf')).toMatchObject({ state: 'done' })
    expect(server.asked[0]?.headers.authorization).toBe('Bearer hf_secret')
    expect(store.asked[0]?.headers.authorization).toBeUndefined()
  })

  test('that goes on with something else than was asked for is asked for everything', async () => {
    await mkdir(folder, { recursive: true })
    writeFileSync(join(folder, 'tiny.gguf.part'), MODEL.subarray(0, 1_000))
    const note = { url: `${server.url}/tiny.gguf`, validator: '"one"' }
    writeFileSync(join(folder, 'tiny.gguf.part.json'), JSON.stringify(note))
    server.handle((_request, response) => {
      server.handle(serves({ bytes: MODEL }))
      response.writeHead(206, { 'content-range': `bytes 5-9/${MODEL.length}` }).end('hello')
    })
    expect(await fetched(`${server.url}/tiny.gguf`)).toMatchObject({ state: 'done' })
    expect(inFolder('tiny.gguf').equals(MODEL)).toBe(true)
  })
})

describe('a source', () => {
  test.each([
    'file:///etc/passwd.gguf',
    'ftp://example.com/a.gguf',
    'http://user:secret@example.com/a.gguf',
    'http://example.com/a.zip',
    'http://example.com/',
    'http://example.com/..%2f..%2fevil.gguf',
    'http://example.com/%2e%2e.gguf',
    'http://example.com/.hidden.gguf',
    'hf:owner/repo',
    'hf:owner/../../evil.gguf',
    'hf:../../../evil.gguf',
    'hf:owner/repo/a\u0000.gguf',
    'a.gguf',
    '',
  ])('that leads elsewhere or nowhere is refused: %j', (source) => {
    expect(refusal(source)).toMatchObject({ code: 'invalid' })
    expect(downloads.list()).toEqual([])
  })
})

function refusal(source: string): unknown {
  try {
    return downloads.start(source)
  } catch (error) {
    return error
  }
}
