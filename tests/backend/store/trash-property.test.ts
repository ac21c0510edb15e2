import { join } from 'node:path'
import { array, assert, asyncProperty, constantFrom, nat, record, type Arbitrary } from 'fast-check'
import { expect, it } from 'vitest'
import { AppError } from '../../../backend/errors.ts'
import { type Store } from '../../../backend/store/contract.ts'
import { connectTo } from '../../../backend/store/sqlite/connection.ts'
import { openSqliteStore } from '../../../backend/store/sqlite/sqlite-store.ts'
import { aCharacter, aConversation, aMessage, temporaryFolder, tickingClock } from './support.ts'

const WORD = 'pelican'
const step = record({
  verb: constantFrom(
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
  kind: constantFrom('message', 'message', 'message', 'conversation', 'character'),
  pick: nat(1_000),
})
type Step = typeof step extends Arbitrary<infer Value> ? Value : never

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
      if (!(error instanceof AppError) || !['not_found', 'invalid'].includes(error.code)) throw error
    }
  }

  /** Counts are kept from one question to the next: a wrong one shows only if it was asked for before, too. */
  async counts(): Promise<readonly [counted: unknown, shown: unknown]> {
    const { messages } = this.#store
    const counted: number[] = []
    const shown: number[] = []
    for (const conversation_id of this.#conversations) {
      counted.push(await messages.count(conversation_id))
      const isThere = await this.#store.conversations.get(conversation_id).then(
        () => true,
        () => false,
      )
      shown.push(isThere ? (await messages.list({ conversation_id, limit: 500 })).length : 0)
    }
    return [counted, shown]
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

  /** What is found and counted, and what is shown: the same. */
  async compared(): Promise<readonly [found: unknown, shown: unknown]> {
    const { messages, conversations, characters } = this.#store
    const shown: string[] = []
    let counted = 0
    for (const { conversation_id } of await conversations.list({})) {
      const page = await messages.list({ conversation_id, limit: 500 })
      counted += (await messages.locate(conversation_id)).count
      shown.push(...page.map(({ message_id }) => message_id))
    }
    const found = await this.#store.search({ query: WORD, kind: 'message', limit: 500 })
    const heads = await characters.heads({ query: WORD, sort: 'name' })
    const there = await characters.list()
    return [
      { counted, messages: idsOf(found), characters: idsOf(heads.heads) },
      { counted: shown.length, messages: shown.toSorted(), characters: idsOf(there) },
    ]
  }
}

function idsOf(things: readonly { readonly id: string }[]): string[] {
  return things.map(({ id }) => id).toSorted()
}

function chosen(ids: readonly string[], pick: number): string {
  return ids[pick % ids.length] ?? 'nobody'
}

it('whatever is deleted, restored and forgotten, the search finds what is shown, and nothing refers into nothing', async () => {
  await using folder = await temporaryFolder()
  let run = 0
  await assert(
    asyncProperty(array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const file = join(folder.path, `${run++}.db`)
      await using store = await openSqliteStore({ file, clock: tickingClock() })
      const library = new Library(store)
      await library.fill()
      for (const each of steps) {
        await library.take(each)
        const [counted, shown] = await library.counts()
        expect(counted).toEqual(shown)
      }
      const before = await library.compared()
      expect(before[0]).toEqual(before[1])
      await store.trash.purge(new Date('2099-01-01'))
      const after = await library.compared()
      expect(after).toEqual([before[1], before[1]])
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
