import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConversationDraft } from '#shared/entities.ts'
import { macrotask } from '../../../backend/lib/macrotask.ts'
import { type ConversationHead, type Store, type WholeMessage } from '../../../backend/store/contract.ts'
import { connectTo } from '../../../backend/store/sqlite/connection.ts'
import { openSqliteStore } from '../../../backend/store/sqlite/sqlite-store.ts'
import { aCharacter, aConversation, aMessage, temporaryFolder, tickingClock } from './support.ts'

const MANY = 1_500
const later = new Date('2099-01-01')
const heard = { unheard: '', is_interrupted: false, generation: null, tool_uses: [] }

function line(number: number, character_id: string | null = null): WholeMessage {
  const created_at = new Date(Date.UTC(2030, 0, 1) + number * 1_000).toISOString()
  return {
    ...heard,
    role: 'assistant',
    name: 'Nora',
    character_id,
    content: `pelican ${number}`,
    is_spoken: false,
    is_excluded: false,
    alternative_index: 0,
    created_at,
    updated_at: created_at,
    // Whatever is said from the third on was said behind the second wording of the second message.
    alternatives: number === 1 ? ['a', 'b'].map((content) => ({ ...heard, content, created_at })) : [],
    hidden_under: number > 1 ? { message: 1, alternative: 1 } : null,
    is_summary_end: false,
    source: `source of ${number}`,
  }
}

const head = (): ConversationHead => ({
  conversation: { ...ConversationDraft.parse({ title: 'Years' }), active_characters: [] },
  original: {
    format: 'sillytavern',
    file_name: 'years.jsonl',
    hash: 'hash',
    source: '',
    report: { repaired: [], ignored: [], kept: [] },
  },
})

async function years(store: Store, character_id: string | null = null): Promise<string> {
  async function* pieces(): AsyncGenerator<WholeMessage[]> {
    yield await Promise.resolve(Array.from({ length: MANY }, (_, number) => line(number, character_id)))
  }
  return (await store.conversations.importWhole(pieces(), head)).conversation_id
}

async function openIn(path: string): Promise<Store> {
  return await openSqliteStore({ file: join(path, 'troupe.db'), clock: tickingClock() })
}

/** What of a conversation is still in the tables, of a database that nobody has open. */
function rowsLeft(path: string): Record<string, unknown> {
  const sqlite = connectTo(join(path, 'troupe.db'), { readonly: true })
  const tables = [
    'conversations',
    'messages',
    'alternatives',
    'message_originals',
    'originals',
    'message_search',
  ]
  const counts = tables.map((table): [string, unknown] => [
    table,
    sqlite.prepare(`SELECT count(*) FROM ${table}`).pluck().get(),
  ])
  sqlite.close()
  return Object.fromEntries(counts)
}

const NOTHING = {
  conversations: 0,
  messages: 0,
  alternatives: 0,
  message_originals: 0,
  originals: 0,
  message_search: 0,
}

describe('deleting for good', () => {
  it('a conversation of years is gone for everybody at once; others are not held up while it goes', async () => {
    await using folder = await temporaryFolder()
    {
      await using store = await openIn(folder.path)
      const id = await years(store)
      await store.conversations.delete(id)
      await store.trash.delete(`conversation:${id}`)
      expect(await store.trash.list({})).toEqual([])
      await expect(store.trash.restore(`conversation:${id}`)).rejects.toMatchObject({ code: 'not_found' })
      let turns = 0
      // As long as its original is known it is still going.
      while (await store.originals.find('conversation', id)) {
        await store.characters.list()
        await macrotask()
        turns += 1
      }
      expect(turns).toBeGreaterThan(MANY / 200)
    }
    expect(rowsLeft(folder.path)).toEqual(NOTHING)
  })

  it('no index is merged anew on the way, which would hold everybody up', async () => {
    await using folder = await temporaryFolder()
    for (let opened = 0; opened < 2; opened++) await (await openIn(folder.path))[Symbol.asyncDispose]()
    const sqlite = connectTo(join(folder.path, 'troupe.db'), { readonly: true })
    const shares = ['message_search', 'title_search', 'character_search', 'lorebook_search'].map((index) =>
      sqlite.prepare(`SELECT v FROM ${index}_config WHERE k = 'deletemerge'`).pluck().get(),
    )
    sqlite.close()
    expect(shares).toEqual([101, 101, 101, 101])
  })

  it('what the end of the process has cut short, the next purge finishes', async () => {
    await using folder = await temporaryFolder()
    {
      await using store = await openIn(folder.path)
      const id = await years(store)
      await store.conversations.delete(id)
      await store.trash.delete(`conversation:${id}`)
    }
    expect(rowsLeft(folder.path)).toMatchObject({ conversations: 1 })
    {
      await using store = await openIn(folder.path)
      expect(await store.trash.list({})).toEqual([])
      expect(await store.trash.purge(new Date())).toBe(1)
    }
    expect(rowsLeft(folder.path)).toEqual(NOTHING)
  })

  it('a purge stops when it is told to, and goes on the next time', async () => {
    await using folder = await temporaryFolder()
    {
      await using store = await openIn(folder.path)
      await store.conversations.delete(await years(store))
      const leaving = new AbortController()
      const purging = store.trash.purge(later, leaving.signal)
      await macrotask()
      leaving.abort(new Error('the house is closed'))
      await expect(purging).rejects.toThrow('the house is closed')
      expect(await store.trash.list({})).toEqual([])
      expect(await store.trash.purge(later)).toBe(1)
    }
    expect(rowsLeft(folder.path)).toEqual(NOTHING)
  })

  it('a message goes with all that was said behind it', async () => {
    await using folder = await temporaryFolder()
    {
      await using store = await openIn(folder.path)
      const id = await years(store)
      const [first, second] = await store.messages.list({ conversation_id: id })
      await store.messages.delete(second?.message_id ?? '')
      await store.trash.delete(`message:${second?.message_id}`)
      expect(await store.trash.purge(later)).toBe(1)
      expect(await store.messages.list({ conversation_id: id })).toMatchObject([first])
    }
    expect(rowsLeft(folder.path)).toMatchObject({ messages: 1, alternatives: 0, message_search: 1 })
  })

  it('of a character who said thousands of things the name stays', async () => {
    await using folder = await temporaryFolder()
    await using store = await openIn(folder.path)
    const nora = await store.characters.create(aCharacter('Nora'))
    await store.notes.create({ character_id: nora.id, text: 'likes tea' })
    const id = await years(store, nora.id)
    await store.characters.delete(nora.id)
    expect(await store.trash.purge(later)).toBe(1)
    expect(await store.messages.list({ conversation_id: id })).toMatchObject([
      { character_id: null, name: 'Nora' },
      { character_id: null, name: 'Nora' },
    ])
    expect((await store.characters.create(aCharacter('Nora'))).id).toBe(nora.id)
  })

  it('a conversation that goes on under its old id is another one', async () => {
    await using folder = await temporaryFolder()
    await using store = await openIn(folder.path)
    const id = await years(store)
    await store.conversations.delete(id)
    await store.trash.delete(`conversation:${id}`)
    await store.conversations.ensure(id, aConversation('Anew'))
    await store.messages.create(aMessage(id, 'Still here.'))
    expect(await store.trash.purge(later)).toBe(1)
    expect(await store.messages.list({ conversation_id: id })).toMatchObject([{ content: 'Still here.' }])
    expect(await store.search({ query: 'pelican' })).toEqual([])
  })
})

describe('emptying the trash', () => {
  it('leaves a conversation alone that is on its way in', async () => {
    await using folder = await temporaryFolder()
    await using store = await openIn(folder.path)
    async function* pieces(): AsyncGenerator<WholeMessage[]> {
      yield [line(0)]
      expect(await store.trash.purge(later)).toBe(0)
      yield [line(1)]
    }
    const { conversation_id } = await store.conversations.importWhole(pieces(), head)
    expect(await store.messages.list({ conversation_id })).toHaveLength(2)
  })

  it('sweeps out what a broken import has left', async () => {
    await using folder = await temporaryFolder()
    {
      await using store = await openIn(folder.path)
      async function* pieces(): AsyncGenerator<WholeMessage[]> {
        yield await Promise.resolve(Array.from({ length: MANY }, (_, number) => line(number)))
        throw new Error('the file broke off')
      }
      await expect(store.conversations.importWhole(pieces(), head)).rejects.toThrow('the file broke off')
    }
    expect(rowsLeft(folder.path)).toEqual(NOTHING)
  })
})
