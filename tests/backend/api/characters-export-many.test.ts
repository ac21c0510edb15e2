import { describe, expect, test } from 'vitest'
import yauzl from 'yauzl'
import { buffer } from 'node:stream/consumers'
import { CharacterDraft } from '#shared/entities.ts'
import { ImportResult } from '#shared/entities/import.ts'
import { cardJson, cardPng } from '../../support/cards.ts'
import { startTestApp, type TestApp } from '../../support/test-app.ts'

async function imported(app: TestApp, files: Readonly<Record<string, Buffer>>): Promise<string[]> {
  const form = new FormData()
  for (const [name, bytes] of Object.entries(files)) {
    form.append('files', new Blob([Uint8Array.from(bytes)]), name)
  }
  const response = await fetch(`${app.url}/api/characters/import?on_duplicate=copy`, {
    method: 'POST',
    body: form,
  })
  const results = ImportResult.array().parse(await response.json())
  return results.map(({ character }) => character?.id ?? '')
}

function asked(app: TestApp, body: object): Promise<Response> {
  return fetch(`${app.url}/api/characters/export`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

async function filesIn(response: Response): Promise<Map<string, Buffer>> {
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('application/zip')
  const zip = await yauzl.fromBufferPromise(Buffer.from(await response.arrayBuffer()), { lazyEntries: true })
  const files = new Map<string, Buffer>()
  for await (const entry of zip.eachEntry()) {
    files.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)))
  }
  return files
}

describe('many characters', () => {
  test('come as one archive, each as the very file it came from', async () => {
    await using app = await startTestApp()
    const given = {
      'Kit.png': cardPng({ name: 'Kit' }),
      'Lou.json': Buffer.from(cardJson({ name: 'Lou' })),
      'Mo ✨.png': cardPng({ name: 'Mo' }),
    }
    const ids = await imported(app, given)
    const response = await asked(app, { ids })
    expect(response.headers.get('content-disposition')).toMatch(/troupe-characters-\d{4}-\d\d-\d\d\.zip/)
    expect([...(await filesIn(response))]).toEqual(Object.entries(given))
  })

  test('who have one name are told apart', async () => {
    await using app = await startTestApp()
    const ids: string[] = []
    for (const name of ['Kit', 'KIT', 'Kit', 'Kit (2)', 'Kit']) {
      ids.push((await app.store.characters.create(CharacterDraft.parse({ name }))).id)
    }
    const files = await filesIn(await asked(app, { ids, format: 'json' }))
    expect([...files.keys()]).toEqual([
      'Kit.json',
      'KIT (2).json',
      'Kit (3).json',
      'Kit (2) (2).json',
      'Kit (4).json',
    ])
  })

  test('are asked for by an address, too, and each of them once', async () => {
    await using app = await startTestApp()
    const one = await fetch(`${app.url}/api/characters/export?ids=nora-001&format=json`)
    expect([...(await filesIn(one)).keys()]).toEqual(['Nora.json'])
    const two = await fetch(
      `${app.url}/api/characters/export?ids=nora-001&ids=felix-001&ids=nora-001&format=json`,
    )
    expect([...(await filesIn(two)).keys()]).toEqual(['Nora.json', 'Felix.json'])
  })

  test('are there though one of them is not, who is named', async () => {
    await using app = await startTestApp()
    const files = await filesIn(await asked(app, { ids: ['nobody', 'nora-001', 'gone'], format: 'json' }))
    expect([...files.keys()]).toEqual(['Nora.json', 'not exported.txt'])
    expect(files.get('not exported.txt')?.toString()).toMatch(/nobody: .+\ngone: .+\n/)
  })

  test.each([
    { what: 'nobody who is there', body: { ids: ['nobody'] }, status: 404, sentence: /nobody/ },
    { what: 'nobody at all', body: { ids: [] }, status: 422, sentence: /1 to 10000/ },
    { what: 'no list', body: {}, status: 422, sentence: /ids/ },
    {
      what: 'another format',
      body: { ids: ['nora-001'], format: 'exe' },
      status: 422,
      sentence: /png, json, charx/,
    },
    {
      what: 'too many',
      body: { ids: Array.from({ length: 10_001 }, () => 'x') },
      status: 422,
      sentence: /10000/,
    },
  ])('$what: it is refused with a sentence', async ({ body, status, sentence }) => {
    await using app = await startTestApp()
    const response = await asked(app, body)
    expect(response.status).toBe(status)
    expect(await response.text()).toMatch(sentence)
  })

  test('whom nobody fetches any more are not written on', async () => {
    await using app = await startTestApp()
    const pictures = Array.from({ length: 30 }, (_, index) => index)
    const files = pictures.map((index) => [
      `${index}.png`,
      cardPng({ name: `Kit ${index}` }, { width: 600, height: 600 }, bytesOf(600 * 600 * 3, index)),
    ])
    const ids = await imported(app, Object.fromEntries(files))
    const leaving = new AbortController()
    const response = await fetch(`${app.url}/api/characters/export`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ids }),
      signal: leaving.signal,
    })
    await response.body?.getReader().read()
    leaving.abort()
    // The next one is answered, and the house can be closed.
    expect([...(await filesIn(await asked(app, { ids: ids.slice(0, 2) }))).keys()]).toEqual([
      '0.png',
      '1.png',
    ])
  })
})

/** Noise, which does not become smaller. */
function bytesOf(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = seed + 1
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}
