import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectTo } from '../../../backend/store/sqlite/connection.ts'
import { describe, expect, it } from 'vitest'
import { openSqliteStore } from '../../../backend/store/sqlite/sqlite-store.ts'
import {
  aCharacter,
  aConversation,
  aMessage,
  seededRandom,
  temporaryFolder,
  tickingClock,
} from './support.ts'

const clock = tickingClock()

function storageFailed(sentence: RegExp): unknown {
  return expect.objectContaining({ code: 'storage_failed', message: expect.stringMatching(sentence) })
}

describe('openSqliteStore()', () => {
  it('finds again what was written before', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'troupe.db')
    const before = await openSqliteStore({ file, clock })
    const nora = await before.characters.create(aCharacter())
    await before[Symbol.asyncDispose]()
    await using after = await openSqliteStore({ file, clock })
    expect(await after.characters.list()).toEqual([nora])
  })

  it('uses a write-ahead log and lets other programs read meanwhile', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'troupe.db')
    await using store = await openSqliteStore({ file, clock })
    await store.characters.create(aCharacter())
    const other = connectTo(file, { readonly: true })
    expect(other.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(other.prepare('SELECT name FROM characters').pluck().get()).toBe('Nora')
    other.close()
  })

  it('refuses to open data that another Troupe is using, until that one ends', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'troupe.db')
    const first = await openSqliteStore({ file, clock })
    const second = openSqliteStore({ file, clock })
    await expect(second).rejects.toEqual(storageFailed(/another Troupe is using it; stop that one/))
    await first.characters.create(aCharacter())
    await first[Symbol.asyncDispose]()
    await using third = await openSqliteStore({ file, clock })
    expect(await third.characters.list()).toHaveLength(1)
  })

  it('leaves a file alone that is not a database', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'troupe.db')
    await writeFile(file, 'my shopping list\n'.repeat(500))
    await expect(openSqliteStore({ file, clock })).rejects.toEqual(storageFailed(/damaged or not a database/))
    expect(await readFile(file, 'utf8')).toBe('my shopping list\n'.repeat(500))
    await rename(file, `${file}.old`)
    await using store = await openSqliteStore({ file, clock })
    expect(await store.characters.list()).toEqual([])
  })

  it('leaves a damaged database alone', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'troupe.db')
    await (await openSqliteStore({ file, clock }))[Symbol.asyncDispose]()
    const bytes = await readFile(file)
    bytes.fill(0xff, 100, 4_096)
    await writeFile(file, bytes)
    await expect(openSqliteStore({ file, clock })).rejects.toEqual(storageFailed(/damaged/))
    expect(await readFile(file)).toEqual(bytes)
  })

  it('leaves the database of another program alone', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'troupe.db')
    const other = connectTo(file)
    other.exec('CREATE TABLE recipes (name text)')
    other.close()
    await expect(openSqliteStore({ file, clock })).rejects.toEqual(
      storageFailed(/belongs to another program/),
    )
  })

  it('says so when the data directory cannot be made', async () => {
    await using folder = await temporaryFolder()
    await writeFile(join(folder.path, 'file'), '')
    const file = join(folder.path, 'file', 'data', 'troupe.db')
    await expect(openSqliteStore({ file, clock })).rejects.toEqual(
      storageFailed(/Cannot make the data directory/),
    )
  })

  it('gives the lock back when it cannot open the file', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'troupe.db')
    await writeFile(file, 'x'.repeat(5_000))
    await expect(openSqliteStore({ file, clock })).rejects.toEqual(storageFailed(/damaged/))
    await expect(openSqliteStore({ file, clock })).rejects.toEqual(storageFailed(/damaged/))
  })
})

describe('a SQLite store', () => {
  it('reports a list that holds something else instead of handing it on', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'troupe.db')
    await using store = await openSqliteStore({ file, clock })
    const { id } = await store.characters.create(aCharacter())
    for (const tags of ['not json', '{"a":1}', '[1]']) {
      const other = connectTo(file)
      other.prepare('UPDATE characters SET tags = ?').run(tags)
      other.close()
      await expect(store.characters.get(id)).rejects.toEqual(
        storageFailed(/column "tags" holds something else/),
      )
    }
  })

  it('keeps its order when all happens in one millisecond', async () => {
    await using store = await openSqliteStore({ file: ':memory:', clock: tickingClock(0) })
    const { conversation_id } = await store.conversations.create(aConversation())
    const said = Array.from({ length: 300 }, (_, index) => `m${index}`)
    for (const content of said) await store.messages.create(aMessage(conversation_id, content))
    const read: string[] = []
    let before: string | undefined
    do {
      const page = await store.messages.list({ conversation_id, limit: 7, before })
      read.unshift(...page.map((message) => message.content))
      before = page[0]?.message_id
    } while (before !== undefined)
    expect(read).toEqual(said)
  })

  it('a conversation in use does not sink when the clock of the machine is set back', async () => {
    await using store = await openSqliteStore({ file: ':memory:', clock: tickingClock(-1_000) })
    const { conversation_id, updated_at } = await store.conversations.create(aConversation())
    await store.messages.create(aMessage(conversation_id))
    expect((await store.conversations.get(conversation_id)).updated_at).toBe(updated_at)
  })

  it('pages through 10 000 messages, each exactly once, while more arrive', async () => {
    await using store = await openSqliteStore({ file: ':memory:', clock: tickingClock() })
    const { conversation_id } = await store.conversations.create(aConversation())
    for (let i = 0; i < 10_000; i++) await store.messages.create(aMessage(conversation_id, String(i)))
    const read: number[] = []
    let before: string | undefined
    do {
      const page = await store.messages.list({ conversation_id, limit: 500, before })
      read.unshift(...page.map((message) => Number(message.content)))
      before = page[0]?.message_id
      await store.messages.create(aMessage(conversation_id, 'new'))
    } while (before !== undefined)
    expect(read).toEqual(Array.from({ length: 10_000 }, (_, index) => index))
  })

  it('answers every query, however hostile', { timeout: 60_000 }, async () => {
    await using store = await openSqliteStore({ file: ':memory:', clock: tickingClock() })
    const { conversation_id } = await store.conversations.create(aConversation('A "quoted" title'))
    await store.messages.create(aMessage(conversation_id, 'NEAR the column: OR not'))
    const hostile = ['"', "'", '""', '*', 'a*', 'NEAR(', 'NEAR', 'AND', 'a OR', 'NOT', 'content:x', '-a', '^a', '(', '{a}:', '\0', 'a\0b', '%', '_', '\\', '🎭', '\u0301', '²', 'ⅷ', '\u{1e4d0}', '\ud800', 'a '.repeat(250), '漢 %_', '"漢'] // prettier-ignore
    const random = seededRandom(3)
    const alphabet = [
      '"',
      "'",
      '*',
      '(',
      ')',
      ':',
      '^',
      '-',
      '+',
      '{',
      '}',
      ' ',
      'a',
      'NEAR',
      'OR',
      '\0',
      'é',
      '漢',
      '\u0301',
      '%',
    ]
    for (let i = 0; i < 2_000; i++) {
      const length = Math.floor(random() * 12)
      hostile.push(Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join(''))
      hostile.push(String.fromCodePoint(Math.floor(random() * 0x110000)))
    }
    for (const query of hostile) {
      await expect(store.conversations.list({ query })).resolves.toBeInstanceOf(Array)
    }
    expect(await store.conversations.list({ query: '"quoted' })).toHaveLength(1)
    expect(await store.conversations.list({ query: 'column: OR' })).toHaveLength(1)
  })

  it('has no reference into nothing after everything was deleted for good', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'troupe.db')
    await using store = await openSqliteStore({ file, clock })
    const nora = await store.characters.create(aCharacter())
    const { conversation_id } = await store.conversations.create(aConversation('x', [nora.id]))
    await store.messages.create({ ...aMessage(conversation_id), character_id: nora.id })
    await store.characters.delete(nora.id)
    await store.conversations.delete(conversation_id)
    expect(await store.trash.purge(new Date('2099-01-01'))).toBe(2)
    const other = connectTo(file)
    expect(other.pragma('foreign_key_check')).toEqual([])
    expect(other.prepare('SELECT count(*) FROM casts').pluck().get()).toBe(0)
    expect(other.prepare('SELECT count(*) FROM messages').pluck().get()).toBe(0)
    other.exec("INSERT INTO message_search (message_search) VALUES ('integrity-check')")
    other.close()
  })
})
