import { expect, test } from 'vitest'
import { ImportResult } from '#shared/entities/import.ts'
import { cardPng } from '../../support/cards.ts'
import { startTestApp, type TestApp } from '../../support/test-app.ts'

const world = `{
    "entries": {
        "0": { "uid": 0, "key": ["lamp"], "keysecondary": [], "comment": "The lamp", "content": "Never out.",
               "order": 100, "position": 0, "disable": false, "future_field": 1.0 }
    }
}`

const coast = { name: 'The coast.json', bytes: world }

interface GivenFile {
  readonly name: string
  readonly bytes: string | Buffer
}

async function importBook(app: TestApp, { name, bytes }: GivenFile, query = ''): Promise<ImportResult> {
  const form = new FormData()
  form.append('files', new Blob([typeof bytes === 'string' ? bytes : Uint8Array.from(bytes)]), name)
  const response = await fetch(`${app.url}/api/lorebooks/import${query}`, { method: 'POST', body: form })
  const [result] = ImportResult.array().parse(await response.json())
  return ImportResult.parse(result)
}

function exported(app: TestApp, id: string | undefined): Promise<Response> {
  return fetch(`${app.url}/api/lorebooks/${id}/export`)
}

test('a lorebook of another program becomes one of ours, and goes out as it came', async () => {
  await using app = await startTestApp()
  await using client = await app.connect()
  const { ok, lorebook } = await importBook(app, coast)
  expect([ok, lorebook?.entry_count]).toEqual([true, 1])
  const { data } = await client.event('lorebook_created')
  expect(data.entries).toMatchObject([{ keys: ['lamp'], content: 'Never out.' }])
  const file = await exported(app, lorebook?.lorebook_id)
  expect(file.headers.get('content-disposition')).toContain('.json')
  expect(await file.text()).toBe(world)
})

test('what is edited changes in the file, and nothing else', async () => {
  await using app = await startTestApp()
  const { lorebook } = await importBook(app, coast)
  const book = await app.store.lorebooks.get(lorebook?.lorebook_id ?? '')
  const entries = book.entries.map((entry) => ({ ...entry, content: 'Out at last.' }))
  await app.store.lorebooks.update({ lorebook_id: book.lorebook_id, entries })
  expect(await (await exported(app, book.lorebook_id)).text()).toBe(
    world.replace('Never out.', 'Out at last.'),
  )
})

test('of a card that is given as a lorebook, the book in it is taken', async () => {
  await using app = await startTestApp()
  const character_book = {
    name: 'Ships',
    entries: [{ keys: ['ship'], content: 'Three masts.', enabled: true }],
  }
  const before = await app.store.characters.list()
  const found = await importBook(app, { name: 'kit.png', bytes: cardPng({ name: 'Kit', character_book }) })
  expect(found.lorebook).toMatchObject({ name: 'Ships', entry_count: 1 })
  const none = await importBook(app, { name: 'tom.png', bytes: cardPng({ name: 'Tom' }) })
  expect(none.error).toBe('This is a character without a lorebook; import it where the characters are')
  expect(await app.store.characters.list()).toEqual(before)
})

test.each([
  ['skip', 'skipped', 1],
  ['copy', 'created', 2],
  ['update', 'updated', 1],
])('a lorebook that is there already: with on_duplicate=%s it is %s', async (onDuplicate, outcome, count) => {
  await using app = await startTestApp()
  const first = await importBook(app, coast)
  const again = await importBook(app, coast, `?on_duplicate=${onDuplicate}`)
  expect(again).toMatchObject({ outcome, duplicate_of: first.lorebook?.lorebook_id })
  expect(await app.store.lorebooks.list()).toHaveLength(count)
})

test('a lorebook that was made here goes out as a file, too', async () => {
  await using app = await startTestApp()
  const { lorebook } = await importBook(app, coast)
  const made = await app.store.lorebooks.create({
    ...(await app.store.lorebooks.get(lorebook?.lorebook_id ?? '')),
    name: 'Two: hills / dales',
  })
  const file = await exported(app, made.lorebook_id)
  expect(file.headers.get('content-disposition')).toContain('filename="Two hills dales.json"')
  const again = await importBook(app, { name: 'again.json', bytes: await file.text() })
  expect(again.lorebook).toMatchObject({ entry_count: 1 })
  expect((await fetch(`${app.url}/api/lorebooks/${made.lorebook_id}/original`)).status).toBe(404)
})
