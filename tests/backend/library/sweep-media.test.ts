import { mkdtemp, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CharacterDraft, ConversationDraft, MessageDraft, VoiceDraft } from '#shared/entities.ts'
import { systemClock } from '../../../backend/lib/clock.ts'
import { sweepMedia } from '../../../backend/library/sweep-media.ts'
import { MediaLibrary } from '../../../backend/media/media-library.ts'
import { type Store } from '../../../backend/store/contract.ts'
import { openSqliteStore } from '../../../backend/store/sqlite/sqlite-store.ts'
import { png } from '../../support/pictures.ts'

let folder = ''
let store: Store
let media: MediaLibrary

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-sweep-'))
  store = await openSqliteStore({ file: ':memory:', clock: systemClock })
  media = new MediaLibrary(folder)
})
afterEach(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const DAY_MS = 24 * 60 * 60 * 1_000

/** A picture that was put there so many days ago. */
async function picture(shade: number, days: number): Promise<{ url: string; hash: string }> {
  const item = await media.addBytes(png({ width: 8, height: 8 }, shade))
  await age(item.hash, days)
  return item
}

async function age(hash: string, days: number): Promise<void> {
  const then = new Date(systemClock.date().getTime() - days * DAY_MS)
  await utimes(media.files.pathOf(hash), then, then)
}

async function isThere(hash: string): Promise<boolean> {
  return (await media.files.head(hash, 1)) !== undefined
}

const sweep = () => sweepMedia({ store, media, clock: systemClock })

test('what nothing refers to is removed after thirty days, with its smaller pictures', async () => {
  const [old, young] = [await picture(1, 31), await picture(2, 29)]
  const { path } = await media.served(old.hash, () => true, 96)
  expect(await sweep()).toBe(1)
  expect([await isThere(old.hash), await isThere(young.hash)]).toEqual([false, true])
  await expect(media.files.files.stat(path)).rejects.toThrow('ENOENT')
})

test('what anything refers to stays: portraits, galleries, words, recordings, files it came from, and the trash', async () => {
  const [portrait, gallery, said, greeted, recorded, file, thrown] = await Promise.all(
    [1, 2, 3, 4, 5, 6, 7].map((shade) => picture(shade, 90)),
  )
  const { id } = await store.characters.create(
    CharacterDraft.parse({
      name: 'Ada',
      image_url: portrait?.url,
      images: [gallery?.url],
      first_message: `Look: ![me](${greeted?.url})`,
    }),
  )
  const { conversation_id } = await store.conversations.create(ConversationDraft.parse({}))
  await store.messages.create(
    MessageDraft.parse({ conversation_id, role: 'user', content: `![the sea](${said?.url}?size=512)` }),
  )
  await store.voices.create(VoiceDraft.parse({ voice_name: 'Own', ref_audio: recorded?.url }))
  const report = { repaired: [], ignored: [], kept: [] }
  const hash = file?.hash ?? ''
  await store.originals.put({
    kind: 'character',
    id,
    format: 'png',
    file_name: 'a.png',
    hash,
    source: '{}',
    report,
  })
  const bin = await store.characters.create(CharacterDraft.parse({ name: 'Bo', image_url: thrown?.url }))
  await store.characters.delete(bin.id)
  expect(await sweep()).toBe(0)
})

test('what is put there once more while it is being swept stays', async () => {
  const { hash } = await picture(1, 31)
  const inUse = async (): Promise<Set<string>> => {
    await media.addBytes(png({ width: 8, height: 8 }, 1))
    return new Set()
  }
  expect(await sweepMedia({ store: { mediaInUse: inUse }, media, clock: systemClock })).toBe(0)
  expect(await isThere(hash)).toBe(true)
})

test('an upload that never came to its end is removed the next day', async () => {
  const never = await media.files.receive(
    (async function* () {
      yield Buffer.from('half of')
    })(),
    { maxBytes: 100 },
  )
  const then = new Date(systemClock.date().getTime() - 2 * DAY_MS)
  await utimes(never.path, then, then)
  await sweep()
  await expect(media.files.files.stat(never.path)).rejects.toThrow('ENOENT')
})
