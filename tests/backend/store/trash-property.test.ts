import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Store } from '../../../backend/store/contract.ts'
import { connectTo } from '../../../backend/store/sqlite/connection.ts'
import { openSqliteStore } from '../../../backend/store/sqlite/sqlite-store.ts'
import { aCharacter, aConversation, aMessage, temporaryFolder, tickingClock } from './support.ts'

const WORD = 'pelican'
const step = fc.record({
  verb: fc.constantFrom(
    'say',
    'say',
    'say',
    'reword',
    'select',
    'delete',
    'delete',
    'restore',
    'restore',
    'forget',
  ),
  kind: fc.constantFrom('message', 'message', 'message', 'conversation', 'character'),
  pick: fc.nat(1_000),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

/** What there should be, kept by hand. */
class Library {
  readonly #store: Store
  readonly #conversations: string[] = []
  readonly #characters: string[] = []
  readonly #messages: string[] = []

  constructor(store: Store) {
    this.#store = store
  }

  async fill(): Promise<void> {
    for (const name of ['Ada', 'Bo']) {
      this.#characters.push((await this.#store.characters.create(aCharacter(`${name} ${WORD}`))).id)
    }
    for (let i = 0; i < 2; i++) {
      const made = await this.#store.conversations.create(aConversation('', this.#characters))
      this.#conversations.push(made.conversation_id)
    }
  }

  /** Whatever cannot be done is refused, and changes nothing. */
  async take({ verb, kind, pick }: Step): Promise<void> {
    try {
      await this.#do(verb, kind, pick)
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/^(not_found|invalid)$/) })
    }
  }

  async #do(verb: Step['verb'], kind: Step['kind'], pick: number): Promise<void> {
    const { messages, trash } = this.#store
    const message = chosen(this.#messages, pick)
    if (verb === 'say') {
      const conversation_id = chosen(this.#conversations, pick)
      const character_id = chosen(this.#characters, pick)
      const made = await messages.create({ ...aMessage(conversation_id, `${WORD} ${pick}`), character_id })
      this.#messages.push(made.message_id)
    } else if (verb === 'reword') {
      const wording = { unheard: '', is_interrupted: false, generation: null, tool_uses: [] }
      await messages.addAlternative(message, { ...wording, content: `${WORD} again` })
    } else if (verb === 'select') {
      await messages.selectAlternative(message, pick % 2)
    } else if (verb === 'delete') {
      await this.#delete(kind, pick)
    } else {
      const items = await trash.list({ limit: 500 })
      const trashId = chosen(
        items.map(({ trash_id }) => trash_id),
        pick,
      )
      if (verb === 'restore') await trash.restore(trashId)
      else if (pick % 4 === 0) await trash.delete(trashId)
    }
  }

  async #delete(kind: Step['kind'], pick: number): Promise<void> {
    const { messages, conversations, characters } = this.#store
    if (kind === 'message') await messages.delete(chosen(this.#messages, pick))
    else if (kind === 'conversation') await conversations.delete(chosen(this.#conversations, pick))
    else await characters.delete(chosen(this.#characters, pick))
  }

  /** The search finds exactly what is shown. */
  async check(): Promise<void> {
    const { messages, conversations, characters } = this.#store
    const shown: string[] = []
    for (const { conversation_id } of await conversations.list({})) {
      const page = await messages.list({ conversation_id, limit: 500 })
      const { count } = await messages.locate(conversation_id)
      expect(count).toBe(page.length)
      shown.push(...page.map(({ message_id }) => message_id))
    }
    const found = await this.#store.search({ query: WORD, kind: 'message', limit: 500 })
    expect(found.map(({ id }) => id).toSorted()).toEqual(shown.toSorted())
    const there = (await characters.list()).map(({ id }) => id)
    const heads = await characters.heads({ query: WORD, sort: 'name' })
    expect(heads.heads.map(({ id }) => id)).toEqual(there)
  }
}

function chosen(ids: readonly string[], pick: number): string {
  return ids[pick % ids.length] ?? 'nobody'
}

it('whatever is deleted, restored and forgotten, the search finds what is shown, and nothing refers into nothing', async () => {
  await using folder = await temporaryFolder()
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const file = join(folder.path, `${run++}.db`)
      await using store = await openSqliteStore({ file, clock: tickingClock() })
      const library = new Library(store)
      await library.fill()
      for (const each of steps) await library.take(each)
      await library.check()
      await store.trash.purge(new Date('2099-01-01'))
      await library.check()
      expect(await store.trash.list({})).toEqual([])
      const other = connectTo(file)
      expect(other.pragma('foreign_key_check')).toEqual([])
      expect(other.prepare('SELECT count(*) FROM messages WHERE deleted_at IS NOT NULL').pluck().get()).toBe(
        0,
      )
      const indexed = 'SELECT count(*) FROM message_search WHERE message_search MATCH ?'
      const kept = 'SELECT count(*) FROM messages'
      expect(other.prepare(indexed).pluck().get(WORD)).toBe(other.prepare(kept).pluck().get())
      other.close()
    }),
    { numRuns: 20, seed: 7 },
  )
}, 120_000)
