import { randomUUID } from 'node:crypto'
import { getTableColumns, sql } from 'drizzle-orm'
import { type Conversation } from '#shared/entities.ts'
import { macrotask } from '../../lib/macrotask.ts'
import { type ConversationHead, type ConversationStore, type WholeMessage } from '../contract.ts'
import { prepareConversations } from './conversation-statements.ts'
import { type Database } from './database.ts'
import { Forgetter, UNFINISHED } from './forgetter.ts'
import { found, parametersFor } from './rows.ts'
import { alternatives, casts, conversations, messageOriginals, messages, originals } from './schema.ts'
import { attempt } from './storage-errors.ts'

/** So many rows are written before others have their turn. */
const BATCH_MESSAGES = 50

const { position: _conversationPosition, ...conversationColumns } = getTableColumns(conversations)
const { position: _messagePosition, ...messageColumns } = getTableColumns(messages)
const { position: _alternativePosition, ...alternativeColumns } = getTableColumns(alternatives)

function prepare(database: Database) {
  const { orm, sqlite } = database
  const isThere = (table: string, key: string) =>
    sqlite.prepare<[string], 1>(`SELECT 1 FROM ${table} WHERE ${key} = ? AND deleted_at IS NULL`).pluck()
  return {
    conversation: orm.insert(conversations).values(parametersFor(conversationColumns)).prepare(),
    finish: orm
      .update(conversations)
      .set(parametersFor(conversationColumns))
      .where(sql`conversation_id = ${sql.placeholder('conversation_id')}`)
      .prepare(),
    join: orm
      .insert(casts)
      .values(parametersFor(getTableColumns(casts)))
      .prepare(),
    message: orm.insert(messages).values(parametersFor(messageColumns)).prepare(),
    alternative: orm.insert(alternatives).values(parametersFor(alternativeColumns)).prepare(),
    // Not through drizzle: bytes that are no text stay bytes.
    source: sqlite.prepare<[string, string | Uint8Array]>(
      `INSERT INTO message_originals (${messageOriginals.message_id.name}, ${messageOriginals.source.name}) VALUES (?, ?)`,
    ),
    original: orm
      .insert(originals)
      .values(parametersFor(getTableColumns(originals)))
      .prepare(),
    character: isThere('characters', 'id'),
    persona: isThere('personas', 'persona_id'),
    lorebook: isThere('lorebooks', 'lorebook_id'),
    read: prepareConversations(database).one,
  }
}
type Statements = ReturnType<typeof prepare>

/**
 * While it is being filled, a conversation is neither there nor in the trash: nobody sees it.
 * @see ConversationStore.importWhole
 */
export function importerOf(database: Database): ConversationStore['importWhole'] {
  const statements = prepare(database)
  const forgetter = new Forgetter(database)
  return async (pieces, head) => {
    const conversation_id = randomUUID()
    const filling = new Filling(database, statements, conversation_id)
    // Whoever empties the trash meanwhile is to leave it alone.
    database.filling.add(conversation_id)
    try {
      await attempt('save the conversation', () => filling.begin())
      for await (const piece of pieces) {
        for (let start = 0; start < piece.length; start += BATCH_MESSAGES) {
          const batch = piece.slice(start, start + BATCH_MESSAGES)
          await attempt('save the messages', () => filling.add(batch))
          await macrotask()
        }
      }
      return await attempt('save the conversation', () => filling.finish(head()))
    } catch (thrown) {
      // On a disk that fails, too: what stays of it is in the trash, and goes with that.
      await forgetter.finish('conversation', conversation_id).catch(() => {})
      throw thrown
    } finally {
      database.filling.delete(conversation_id)
    }
  }
}

/** One conversation on its way in. Each call is a transaction of its own. */
class Filling {
  readonly begin: () => void
  readonly add: (batch: readonly WholeMessage[]) => void
  readonly finish: (head: ConversationHead) => Conversation
  readonly #statements: Statements
  readonly #conversationId: string
  readonly #now: string
  #count = 0
  #summaryUntil: string | null = null
  /** Where the alternatives of messages went, by `message/alternative`. */
  readonly #alternatives = new Map<string, number>()
  readonly #characters = new Map<string, boolean>()
  #first: string | undefined
  #last: string | undefined

  constructor({ sqlite, now }: Database, statements: Statements, conversationId: string) {
    this.#statements = statements
    this.#conversationId = conversationId
    this.#now = now()
    this.begin = sqlite.transaction(() => {
      statements.conversation.run({ ...EMPTY, ...this.#row(UNFINISHED, UNFINISHED), deleted_at: UNFINISHED })
    })
    this.add = sqlite.transaction((batch) => {
      for (const message of batch) this.#insert(message)
    })
    this.finish = sqlite.transaction((head) => this.#finish(head))
  }

  #row(created_at: string, updated_at: string) {
    return { conversation_id: this.#conversationId, revision: 1, created_at, updated_at }
  }

  #insert(message: WholeMessage): void {
    const message_id = randomUUID()
    const ordinal = this.#count++
    const { hidden_under: under, alternatives: wordings, character_id, source } = message
    const owner = under && this.#alternatives.get(`${under.message}/${under.alternative}`)
    if (owner === undefined) return
    this.#statements.message.run({
      ...message,
      message_id,
      conversation_id: this.#conversationId,
      character_id: this.#isHere(character_id) ? character_id : null,
      alternative_count: Math.max(1, wordings.length),
      hidden_under: owner,
      revision: 1,
      deleted_at: null,
    })
    for (const [index, wording] of wordings.entries()) {
      const { lastInsertRowid } = this.#statements.alternative.run({ ...wording, message_id, index })
      this.#alternatives.set(`${ordinal}/${index}`, Number(lastInsertRowid))
    }
    if (message.is_summary_end) this.#summaryUntil = message_id
    if (source !== null) this.#statements.source.run(message_id, source)
    this.#first ??= message.created_at
    this.#last = message.created_at
  }

  #isHere(id: string | null): boolean {
    if (id === null) return false
    const isHere = this.#characters.get(id) ?? this.#statements.character.get(id) === 1
    this.#characters.set(id, isHere)
    return isHere
  }

  #finish({ conversation, original }: ConversationHead): Conversation {
    const { finish, join, persona, lorebook, read } = this.#statements
    const { persona_id, created_at, updated_at } = conversation
    const cast = [...new Set(conversation.active_characters)].filter((id) => this.#isHere(id))
    finish.run({
      ...conversation,
      ...this.#row(created_at ?? this.#first ?? this.#now, updated_at ?? this.#last ?? this.#now),
      summary_until: this.#summaryUntil,
      persona_id: persona_id !== null && persona.get(persona_id) ? persona_id : null,
      muted_characters: conversation.muted_characters.filter((id) => cast.includes(id)),
      lorebook_ids: conversation.lorebook_ids.filter((id) => lorebook.get(id)),
      deleted_at: null,
    })
    const conversation_id = this.#conversationId
    for (const [place, character_id] of cast.entries()) join.run({ conversation_id, character_id, place })
    this.#statements.original.run({
      ...original,
      kind: 'conversation',
      id: conversation_id,
      created_at: this.#now,
    })
    return found(read.get({ conversation_id }), 'what was imported')
  }
}

const EMPTY = {
  title: '',
  reply_strategy: 'natural',
  muted_characters: [],
  auto_continue_turns: 0,
  persona_id: null,
  author_note: null,
  lorebook_ids: [],
  summary: '',
  summary_until: null,
  is_archived: false,
}
