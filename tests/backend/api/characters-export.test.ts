import { Transformer } from '@napi-rs/image'
import { expect, test } from 'vitest'
import { type Character, CharacterDraft, LorebookDraft, LoreEntry } from '#shared/entities.ts'
import { ImportResult } from '#shared/entities/import.ts'
import { cardPng } from '../../support/cards.ts'
import { png } from '../../support/pictures.ts'
import { startTestApp, type TestApp } from '../../support/test-app.ts'

async function exported(app: TestApp, id: string, query = ''): Promise<Buffer> {
  const response = await fetch(`${app.url}/api/characters/${id}/export${query}`)
  expect(response.status).toBe(200)
  return Buffer.from(await response.arrayBuffer())
}

async function imported(app: TestApp, bytes: Buffer, name: string): Promise<Character> {
  const form = new FormData()
  form.append('files', new Blob([Uint8Array.from(bytes)]), name)
  const response = await fetch(`${app.url}/api/characters/import`, { method: 'POST', body: form })
  const [result] = ImportResult.array().parse(await response.json())
  if (!result?.character) throw new Error(result?.error)
  return result.character
}

async function jpeg(width: number, height: number): Promise<Buffer> {
  return await Transformer.fromRgbaPixels(Buffer.alloc(width * height * 4, 90), width, height).jpeg()
}

test.each(['png', 'json', 'charx'])(
  'who was made here goes out as %s, and comes back the same',
  async (format) => {
    await using app = await startTestApp()
    const nora = await app.store.characters.get('nora-001')
    const again = await imported(app, await exported(app, nora.id, `?format=${format}`), `nora.${format}`)
    const { name, description, first_message, alternate_greetings, tags } = nora
    expect(again).toMatchObject({ name, description, first_message, alternate_greetings, tags })
  },
)

test('a new portrait takes the place of the one in the file, whatever kind of picture it is', async () => {
  await using app = await startTestApp()
  const { id } = await imported(app, cardPng({ name: 'Kit', future_field: 7 }), 'kit.png')
  const portrait = await app.media.addBytes(await jpeg(30, 20))
  await app.store.characters.update({ id, image_url: portrait.url })
  const file = await exported(app, id, '?format=png')
  const { width, height } = await new Transformer(file).metadata()
  expect([width, height]).toEqual([30, 20])
  expect((await imported(app, file, 'again.png')).name).toBe('Kit')
  expect(await (await fetch(`${app.url}/api/characters/${id}/export?format=json`)).json()).toMatchObject({
    data: { future_field: 7 },
  })
})

test('an archive takes the gallery along, and brings it back', async () => {
  await using app = await startTestApp()
  const [portrait, one, two] = await Promise.all(
    [10, 20, 30].map((shade) => app.media.addBytes(png({ width: 12, height: 18 }, shade))),
  )
  const made = await app.store.characters.create(
    CharacterDraft.parse({ name: 'Ada', image_url: portrait?.url, images: [one?.url, two?.url] }),
  )
  const again = await imported(app, await exported(app, made.id, '?format=charx'), 'ada.charx')
  expect(again.image_url).toBe(portrait?.url)
  expect(new Set(again.images)).toEqual(new Set([one?.url, two?.url]))
})

test('several lorebooks travel as the one that a card can hold', async () => {
  await using app = await startTestApp()
  const books = await Promise.all(
    ['lamp', 'ship'].map((key) =>
      app.store.lorebooks.create(
        LorebookDraft.parse({
          name: key,
          entries: [LoreEntry.parse({ id: '1', keys: [key], content: `A ${key}.` })],
        }),
      ),
    ),
  )
  const lorebook_ids = books.map(({ lorebook_id }) => lorebook_id)
  const { id } = await app.store.characters.create(CharacterDraft.parse({ name: 'Ada', lorebook_ids }))
  const again = await imported(app, await exported(app, id, '?format=json'), 'ada.json')
  const [bookId = ''] = again.lorebook_ids
  const { entries } = await app.store.lorebooks.get(bookId)
  expect(entries.map(({ content }) => content)).toEqual(['A lamp.', 'A ship.'])
})

test('without a format it goes out as it came; what is asked for and is not there is told', async () => {
  await using app = await startTestApp()
  const json = Buffer.from('{ "name": "Tom", "first_mes": "Hi", "odd": 1.0 }')
  const { id } = await imported(app, json, 'tom.json')
  expect((await exported(app, id)).equals(json)).toBe(true)
  expect((await fetch(`${app.url}/api/characters/${id}/export?format=gif`)).status).toBe(422)
  expect((await fetch(`${app.url}/api/characters/nobody/export`)).status).toBe(404)
})

test('a card whose file is gone still has its words', async () => {
  await using app = await startTestApp()
  const { id } = await imported(app, cardPng({ name: 'Kit', future_field: 7 }), 'kit.png')
  const original = await app.store.originals.find('character', id)
  await app.media.files.files.rm(app.media.files.pathOf(original?.hash ?? ''))
  const file = await exported(app, id, '?format=json')
  expect(JSON.parse(file.toString('utf8'))).toMatchObject({ data: { name: 'Kit', future_field: 7 } })
})

test('halves of characters and zeros in a card do not make it look edited', async () => {
  await using app = await startTestApp()
  const odd = 'a\u0000b\uD83D c'
  const card = {
    name: `K${odd}`,
    nickname: odd,
    description: odd,
    creator: odd,
    tags: [odd, 'sea'],
    alternate_greetings: [odd],
    extensions: { depth_prompt: { prompt: odd, depth: 4, role: 'system' } },
    character_book: {
      name: odd,
      description: odd,
      extensions: {},
      entries: [{ keys: [odd], content: odd, enabled: true, insertion_order: 0, extensions: {} }],
    },
  }
  const bytes = cardPng(card)
  const { id } = await imported(app, bytes, 'odd.png')
  expect(Buffer.compare(await exported(app, id, '?format=png'), bytes)).toBe(0)
  // Of what is edited only that changes.
  const { tags } = await app.store.characters.get(id)
  await app.store.characters.update({ id, tags: [...tags, 'night'] })
  const edited: unknown = JSON.parse((await exported(app, id, '?format=json')).toString('utf8'))
  expect(edited).toMatchObject({ data: { ...card, tags: [odd, 'sea', 'night'] } })
})

test('a character whose lorebook was thrown away goes out without it, and with it once it is back', async () => {
  await using app = await startTestApp()
  const entries = [{ keys: ['lamp'], content: 'A lamp.', enabled: true, insertion_order: 0, extensions: {} }]
  const bytes = cardPng({ name: 'Kit', character_book: { name: 'Lamps', extensions: {}, entries } })
  const { id, lorebook_ids } = await imported(app, bytes, 'kit.png')
  const [book = ''] = lorebook_ids
  await app.store.lorebooks.delete(book)
  const without: unknown = JSON.parse((await exported(app, id, '?format=json')).toString('utf8'))
  expect(without).not.toHaveProperty('data.character_book')
  await app.store.trash.restore(`lorebook:${book}`)
  expect(Buffer.compare(await exported(app, id), bytes)).toBe(0)
  // The same card again brings its book again.
  await app.store.lorebooks.delete(book)
  await app.store.trash.delete(`lorebook:${book}`)
  const form = new FormData()
  form.append('files', new Blob([Uint8Array.from(bytes)]), 'kit.png')
  const address = `${app.url}/api/characters/import?on_duplicate=update`
  const response = await fetch(address, { method: 'POST', body: form })
  const [result] = ImportResult.array().parse(await response.json())
  expect(result).toMatchObject({ outcome: 'updated', character: { id }, lorebook: { name: 'Lamps' } })
})
