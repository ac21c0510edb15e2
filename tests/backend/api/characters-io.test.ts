import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { ImportResult } from '#shared/entities/import.ts'
import { cardJson, cardPng } from '../../support/cards.ts'
import { startTestApp, type TestApp } from '../../support/test-app.ts'

interface GivenFile {
  readonly name: string
  readonly bytes: Uint8Array | string
}

function formOf(files: readonly GivenFile[]): FormData {
  const form = new FormData()
  for (const { name, bytes } of files) {
    form.append('files', new Blob([typeof bytes === 'string' ? bytes : Uint8Array.from(bytes)]), name)
  }
  return form
}

async function importAll(app: TestApp, files: readonly GivenFile[], query = ''): Promise<ImportResult[]> {
  const url = `${app.url}/api/characters/import${query}`
  const response = await fetch(url, { method: 'POST', body: formOf(files) })
  expect(response.status).toBe(200)
  return ImportResult.array().parse(await response.json())
}

const nessa = { name: 'nessa.png', bytes: cardPng({ name: 'Nessa' }) }
const book = { name: 'The coast', entries: [{ keys: ['lamp'], content: 'The lamp is never out.' }] }

async function exported(app: TestApp, id: string | undefined, format: string): Promise<Response> {
  return await fetch(`${app.url}/api/characters/${id}/export?format=${format}`)
}

test('cards become characters, with their pictures; one that is broken does not keep the others away', async () => {
  await using app = await startTestApp()
  const [first, broken, second] = await importAll(app, [
    nessa,
    { name: 'broken.png', bytes: nessa.bytes.subarray(0, 90) },
    { name: 'plain.json', bytes: cardJson({ name: 'Tom' }) },
  ])
  expect(first).toMatchObject({
    file: 'nessa.png',
    ok: true,
    outcome: 'created',
    character: { name: 'Nessa' },
  })
  expect(broken).toMatchObject({ file: 'broken.png', ok: false, outcome: 'failed' })
  expect(broken?.error).toMatch(/\w+ \w+/)
  expect(second).toMatchObject({ ok: true, character: { name: 'Tom', image_url: null } })
  const portrait = await fetch(`${app.url}${first?.character?.image_url}`)
  expect(Buffer.from(await portrait.arrayBuffer()).equals(nessa.bytes)).toBe(true)
  const names = (await app.store.characters.list()).map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['Nessa', 'Tom']))
})

test('a character that nobody edited is exported as the file it came from, under its name', async () => {
  await using app = await startTestApp()
  const [result] = await importAll(app, [nessa])
  const file = await exported(app, result?.character?.id, 'png')
  expect(file.headers.get('content-type')).toBe('image/png')
  expect(file.headers.get('content-disposition')).toBe(
    `attachment; filename="nessa.png"; filename*=UTF-8''nessa.png`,
  )
  expect(Buffer.from(await file.arrayBuffer()).equals(nessa.bytes)).toBe(true)
})

test('every tab hears of what was imported: the book, then the character that names it', async () => {
  await using app = await startTestApp()
  await using client = await app.connect()
  const [result] = await importAll(app, [
    { name: 'kit.png', bytes: cardPng({ name: 'Kit', character_book: book }) },
  ])
  const lorebook = await client.event('lorebook_created')
  const character = await client.event('character_created')
  expect(lorebook.data.entries).toMatchObject([{ keys: ['lamp'], content: 'The lamp is never out.' }])
  expect(character.data).toMatchObject({ name: 'Kit', lorebook_ids: [lorebook.data.lorebook_id] })
  expect(result?.lorebook).toMatchObject({ name: 'The coast', entry_count: 1 })
})

test.each([
  ['skip', 'skipped', 1],
  ['copy', 'created', 2],
  ['update', 'updated', 1],
])('what is there already is told; with on_duplicate=%s it is %s', async (onDuplicate, outcome, count) => {
  await using app = await startTestApp()
  const [first] = await importAll(app, [nessa])
  const [again] = await importAll(app, [nessa], `?on_duplicate=${onDuplicate}`)
  expect(again).toMatchObject({ ok: true, outcome, duplicate_of: first?.character?.id })
  const all = await app.store.characters.list()
  expect(all.filter(({ name }) => name === 'Nessa')).toHaveLength(count)
})

test('the same words in another file are the same character', async () => {
  await using app = await startTestApp()
  const [first] = await importAll(app, [nessa])
  const json = { name: 'nessa.json', bytes: cardJson({ name: 'Nessa' }) }
  const [again] = await importAll(app, [json], '?on_duplicate=skip')
  expect(again).toMatchObject({ outcome: 'skipped', duplicate_of: first?.character?.id })
})

test('a new version of a card brings its words, and leaves what the user has chosen', async () => {
  await using app = await startTestApp()
  const [first] = await importAll(app, [nessa])
  const id = first?.character?.id ?? ''
  await app.store.characters.update({ id, is_favourite: true, color: '#123456', tags: ['sea', 'mine'] })
  const newer = cardPng({ name: 'Nessa', description: 'Nessa has moved inland.', tags: ['hills'] })
  const skipped = await importAll(app, [{ name: 'v2.png', bytes: newer }], '?on_duplicate=update')
  expect(skipped).toMatchObject([{ outcome: 'updated', duplicate_of: id }])
  expect(await app.store.characters.get(id)).toMatchObject({
    description: 'Nessa has moved inland.',
    is_favourite: true,
    color: '#123456',
    tags: ['sea', 'mine', 'hills'],
  })
  const json: unknown = await (await exported(app, id, 'json')).json()
  expect(json).toMatchObject({
    data: { description: 'Nessa has moved inland.', tags: ['sea', 'mine', 'hills'] },
  })
})

test('an archive of cards is unpacked, whatever else is in it', async () => {
  await using app = await startTestApp()
  const zip = new ZipFile()
  zip.addBuffer(nessa.bytes, 'cards/nessa.png')
  zip.addBuffer(Buffer.from(cardJson({ name: 'Tom' })), 'tom.json')
  zip.addBuffer(Buffer.from('…'), '__MACOSX/._tom.json')
  zip.addBuffer(Buffer.from('Thanks!'), 'readme.txt')
  zip.addBuffer(Buffer.from('{"no": "card"}'), 'settings.json')
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk))
  const results = await importAll(app, [{ name: 'mine.zip', bytes: Buffer.concat(chunks) }])
  expect(results.map(({ file, ok }) => [file, ok])).toEqual([
    ['mine.zip/nessa.png', true],
    ['mine.zip/tom.json', true],
    ['mine.zip/settings.json', false],
  ])
})

test('a lorebook among cards goes to the lorebooks', async () => {
  await using app = await startTestApp()
  const world = JSON.stringify({ entries: { 0: { uid: 0, key: ['lamp'], content: 'Never out.' } } })
  const [result] = await importAll(app, [{ name: 'world.json', bytes: world }])
  expect(result).toMatchObject({ ok: true, outcome: 'created', lorebook: { entry_count: 1 } })
  expect(result?.character).toBeUndefined()
})

test('what Troupe has written itself comes back, one or a list', async () => {
  await using app = await startTestApp()
  const [nora, felix] = await app.store.characters.getMany(['nora-001', 'felix-001'])
  const results = await importAll(app, [
    { name: 'nora.json', bytes: JSON.stringify(nora) },
    { name: 'all.json', bytes: JSON.stringify([felix, JSON.parse(cardJson({ name: 'Tom' }))]) },
  ])
  expect(results.map(({ character }) => character?.name)).toEqual(['Nora', 'Felix', 'Tom'])
  expect(results[0]?.character).toMatchObject({ description: nora?.description, voice_id: null })
})

test('each result comes as a line of its own, for those who ask for lines', async () => {
  await using app = await startTestApp()
  const response = await fetch(`${app.url}/api/characters/import`, {
    method: 'POST',
    body: formOf([nessa, { name: 'no.txt', bytes: 'no card' }]),
    headers: { accept: 'application/x-ndjson' },
  })
  expect(response.headers.get('content-type')).toBe('application/x-ndjson')
  const lines = (await response.text()).trimEnd().split('\n')
  expect(lines.map((line) => ImportResult.parse(JSON.parse(line)).ok)).toEqual([true, false])
})

test('where a character came from can be asked', async () => {
  await using app = await startTestApp()
  const [result] = await importAll(app, [nessa])
  const origin = await fetch(`${app.url}/api/characters/${result?.character?.id}/original`)
  expect(await origin.json()).toMatchObject({
    format: 'png',
    file_name: 'nessa.png',
    report: { repaired: [] },
  })
  expect((await fetch(`${app.url}/api/characters/nora-001/original`)).status).toBe(404)
})

test('nothing is left of a card that could not be stored: no book, no character', async () => {
  await using app = await startTestApp()
  const before = await app.store.characters.list()
  app.store.originals.put = () => Promise.reject(new Error('the disk is gone'))
  const [result] = await importAll(app, [
    { name: 'kit.png', bytes: cardPng({ name: 'Kit', character_book: book }) },
  ])
  expect(result).toMatchObject({ ok: false, code: 'internal' })
  expect(await app.store.characters.list()).toEqual(before)
  expect(await app.store.lorebooks.list()).toEqual([])
  expect(await app.store.trash.list({})).toEqual([])
  expect(await readdir(join(app.media.files.folder, 'incoming'))).toEqual([])
})
