import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import yauzl from 'yauzl'
import { openData } from '../../../backend/backup/open-data.ts'
import { pendingFolder } from '../../../backend/backup/places.ts'
import { exportChat } from '../../../backend/library/chat-export.ts'
import { type Store } from '../../../backend/store/contract.ts'
import { ServerProcess } from '../../support/server-process.ts'
import { startTestApp, type TestApp } from '../../support/test-app.ts'
import { aCharacter, aConversation, aMessage, temporaryFolder, tickingClock } from '../store/support.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let app: TestApp

const dataDir = (): string => join(folder.path, 'data')
const atDataDir = () => ({ config: { data_dir: dataDir() }, file: join(dataDir(), 'troupe.db') })

beforeEach(async () => {
  folder = await temporaryFolder()
  await mkdir(dataDir(), { recursive: true })
  app = await startTestApp(atDataDir())
})
afterEach(async () => {
  await app[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

async function backup(): Promise<Buffer<ArrayBuffer>> {
  const response = await fetch(`${app.url}/api/backup`)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-disposition')).toMatch(/troupe-backup-\d{4}-\d\d-\d\d\.zip/)
  return Buffer.from(await response.arrayBuffer())
}

async function restore(zip: Uint8Array<ArrayBuffer>): Promise<{ status: number; body: unknown }> {
  const headers = { 'content-type': 'application/zip' }
  const response = await fetch(`${app.url}/api/restore`, { method: 'POST', headers, body: zip })
  return { status: response.status, body: await response.json() }
}

/** Ends the server and opens its data anew, as the next start does. */
async function reopened<Result>(use: (store: Store) => Promise<Result>): Promise<Result> {
  await app[Symbol.asyncDispose]()
  const notices: string[] = []
  const store = await openData(dataDir(), { clock: tickingClock(), onNotice: (one) => notices.push(one) })
  try {
    return await use(store)
  } finally {
    await store[Symbol.asyncDispose]()
    app = await startTestApp(atDataDir())
  }
}

/** Where the content of the files lies in the archive. (What lies between, such as dates, vouches for nothing.) */
async function filesIn(zip: Buffer): Promise<{ from: number; bytes: number }[]> {
  const archive = await yauzl.fromBufferPromise(zip, { lazyEntries: true })
  const files: { from: number; bytes: number }[] = []
  for await (const { relativeOffsetOfLocalHeader: at, compressedSize: bytes } of archive.eachEntry()) {
    files.push({ from: at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28), bytes })
  }
  return files
}

/** With one bit turned, at a byte or soon behind it. (Some bits of packed zeros mean the same either way.) */
function changedAt(packed: Buffer, start: number): Buffer {
  const original = unpacked(packed)
  for (let at = start; at < packed.length; at += 1) {
    const flipped = Buffer.from(packed)
    flipped[at] = (flipped[at] ?? 0) ^ 0x10
    if (unpacked(flipped)?.equals(original ?? packed) !== true) return flipped
  }
  throw new Error('No bit of it matters')
}

function unpacked(packed: Buffer): Buffer | undefined {
  try {
    return inflateRawSync(packed)
  } catch {
    return undefined
  }
}

/** Everything that can be exported, by id. */
async function exports(store: Store): Promise<Map<string, string>> {
  const all = new Map<string, string>()
  for (const { conversation_id: id } of await store.conversations.list({})) {
    for (const format of ['jsonl', 'json', 'md'] as const) {
      const parts: string[] = []
      const { content } = await exportChat(store, id, format)
      for await (const part of content) parts.push(Buffer.from(part).toString('utf8'))
      all.set(`${id}.${format}`, parts.join(''))
    }
  }
  return all
}

describe('a backup', () => {
  test('brings everything back as it was', async () => {
    const before = await exports(app.store)
    const characters = await app.store.characters.list()
    const zip = await backup()
    await app.store.conversations.ensure('later', aConversation('Later'))
    for (const { conversation_id: id } of await app.store.conversations.list({})) {
      await app.store.conversations.delete(id)
    }
    await app.store.characters.create(aCharacter('Somebody else'))
    expect(await restore(zip)).toMatchObject({
      status: 200,
      body: { ok: true, restart: 'needed', contents: { conversations: before.size / 3 } },
    })
    await reopened(async (store) => {
      expect(await exports(store)).toEqual(before)
      expect(await store.characters.list()).toEqual(characters)
    })
    const kept = (await readdir(dataDir())).filter((name) => name.startsWith('before-restore-'))
    expect(await readdir(join(dataDir(), kept[0] ?? ''))).toContain('troupe.db')
  })

  test('is what there was at one moment, whatever is written meanwhile', async () => {
    await app.store.conversations.ensure('busy', aConversation('Busy'))
    const over = new AbortController()
    const writing = (async () => {
      let count = 0
      // Two messages belong together: both are there, or none of them.
      for (; !over.signal.aborted; count += 1) {
        await app.store.messages.create(aMessage('busy', `question ${count}`))
        await app.store.messages.create(aMessage('busy', `answer ${count}`))
        await new Promise((resolve) => setImmediate(resolve))
      }
      return count
    })()
    const zip = await backup()
    over.abort()
    expect(await writing).toBeGreaterThan(0)
    expect((await restore(zip)).status).toBe(200)
    await reopened(async (store) => {
      const contents: string[] = []
      for await (const piece of store.conversations.exportWhole('busy')) {
        contents.push(...piece.map(({ content }) => content))
      }
      const expected = contents.map(
        (_content, index) => `${index % 2 ? 'answer' : 'question'} ${Math.floor(index / 2)}`,
      )
      expect(contents).toEqual(expected)
    })
  })

  test('that is cut off, or changed in any of its files, is refused, and nothing is changed', async () => {
    const zip = await backup()
    const before = await exports(app.store)
    const broken = [0.1, 0.3, 0.5, 0.7, 0.9, 0.999].map((share) =>
      zip.subarray(0, Math.floor(zip.length * share)),
    )
    for (const { from, bytes } of await filesIn(zip)) {
      const packed = zip.subarray(from, from + bytes)
      for (const share of [0, 0.25, 0.5, 0.75, 0.99]) {
        const changed = changedAt(packed, Math.floor(bytes * share))
        broken.push(Buffer.concat([zip.subarray(0, from), changed, zip.subarray(from + bytes)]))
      }
    }
    for (const bytes of [...broken, Buffer.from('no zip at all'), Buffer.alloc(0)]) {
      const { status, body } = await restore(Buffer.from(bytes))
      expect(status).toBe(422)
      expect(body).toMatchObject({ code: 'invalid', error: expect.stringMatching(/backup|database|ZIP/) })
    }
    expect(await readdir(join(dataDir(), 'restore'))).toEqual([])
    await reopened(async (store) => expect(await exports(store)).toEqual(before))
  })

  test('holds pictures and settings, but no keys', async () => {
    const settings = {
      llm_base_url: 'http://127.0.0.1:1/v1',
      llm_api_key: 'sk-secret',
      llm_fallbacks: [{ model: 'm', api_key: 'sk-other' }],
    }
    await writeFile(join(dataDir(), 'troupe.config.json'), JSON.stringify(settings))
    const hash = await app.media.files.put(Buffer.from('a picture'))
    const zip = await backup()
    // Whole keys: three letters come up by chance in the bytes of a database.
    expect(['sk-secret', 'sk-other'].filter((key) => zip.includes(key))).toEqual([])
    expect(zip.includes('a picture')).toBe(true)
    await writeFile(
      join(dataDir(), 'troupe.config.json'),
      JSON.stringify({ llm_api_key: 'sk-new', user_name: 'Kim' }),
    )
    expect((await restore(zip)).status).toBe(200)
    await reopened(async () => {})
    const restored: unknown = JSON.parse(await readFile(join(dataDir(), 'troupe.config.json'), 'utf8'))
    expect(restored).toEqual({
      llm_base_url: settings.llm_base_url,
      llm_fallbacks: [{ model: 'm' }],
      llm_api_key: 'sk-new',
    })
    expect(await readFile(join(dataDir(), 'media', hash.slice(0, 2), hash), 'utf8')).toBe('a picture')
  })

  test('that waits for the next start can be forgotten', async () => {
    const zip = await backup()
    await app.store.conversations.ensure('later', aConversation('Later'))
    await restore(zip)
    const response = await fetch(`${app.url}/api/restore`, { method: 'DELETE' })
    expect(await response.json()).toEqual({ discarded: true })
    await reopened(async (store) =>
      expect(await store.conversations.get('later')).toMatchObject({ title: 'Later' }),
    )
  })

  test('sent to a running server is in place as soon as it has restarted by itself', async () => {
    const own = join(folder.path, 'own')
    await using server = await ServerProcess.start(own)
    const zip = Buffer.from(await (await fetch(`${server.url}/api/backup`)).arrayBuffer())
    const titles = async (): Promise<unknown> => await (await fetch(`${server.url}/api/conversations`)).json()
    const before = await titles()
    const headers = { 'content-type': 'application/json' }
    await fetch(`${server.url}/api/conversations`, { method: 'POST', headers, body: '{"title":"Later"}' })
    expect(await titles()).not.toEqual(before)
    const form = new FormData()
    form.set('file', new Blob([zip]), 'backup.zip')
    const restored = await fetch(`${server.url}/api/restore`, { method: 'POST', body: form })
    expect(await restored.json()).toMatchObject({ ok: true, restart: 'now' })
    await server.printed(/ready:[^]*ready:/)
    expect(await titles()).toEqual(before)
  })

  test('that turns out not to open leaves the data of before', async () => {
    const zip = await backup()
    const before = await exports(app.store)
    await restore(zip)
    // A disk that fails after the backup was verified.
    await writeFile(join(pendingFolder(dataDir()), 'troupe.db'), 'not a database any more')
    await reopened(async (store) => expect(await exports(store)).toEqual(before))
  })
})
