import { randomUUID } from 'node:crypto'
import { and, count, desc, eq, getTableColumns, isNull, lt, sql } from 'drizzle-orm'
import { type Message, type MessageDraft } from '#shared/entities.ts'
import { type MessageStore } from '../contract.ts'
import { type Database } from './database.ts'
import { summaryForgetter } from './forget-summary.ts'
import { found, parametersFor, revised } from './rows.ts'
import { characters, conversations, messages } from './schema.ts'
import { MessageTree } from './message-tree.ts'
import { attempt } from './storage-errors.ts'

const PAGE_MESSAGES = 100

const {
  position: _position,
  hidden_under: _hiddenUnder,
  deleted_at: _deletedAt,
  ...columns
} = getTableColumns(messages)

function prepare({ orm }: Database) {
  const byId = eq(messages.message_id, sql.placeholder('message_id'))
  const conversationById = eq(conversations.conversation_id, sql.placeholder('conversation_id'))
  const shown = and(
    eq(messages.conversation_id, sql.placeholder('conversation_id')),
    isNull(messages.hidden_under),
  )
  const older = and(shown, lt(messages.position, sql.placeholder('beforePosition')))
  const characterById = eq(characters.id, sql.placeholder('id'))
  // The clock of the machine may be set back; what was just used must not sink in the list for that.
  const later = sql`max(updated_at, ${sql.placeholder('now')})`
  return {
    one: orm.select(columns).from(messages).where(byId).prepare(),
    place: orm
      .select({ position: messages.position, conversation_id: messages.conversation_id })
      .from(messages)
      .where(byId)
      .prepare(),
    page: orm
      .select(columns)
      .from(messages)
      .where(older)
      .orderBy(desc(messages.position))
      .limit(sql.placeholder('limit'))
      .prepare(),
    count: orm.select({ count: count() }).from(messages).where(shown).prepare(),
    insert: orm.insert(messages).values(parametersFor(columns)).prepare(),
    update: orm.update(messages).set(parametersFor(columns)).where(byId).prepare(),
    remove: orm.delete(messages).where(byId).prepare(),
    touch: orm.update(conversations).set({ updated_at: later }).where(conversationById).prepare(),
    conversation: orm
      .select({ conversation_id: conversations.conversation_id })
      .from(conversations)
      .where(conversationById)
      .prepare(),
    character: orm.select({ id: characters.id }).from(characters).where(characterById).prepare(),
  }
}
type Statements = ReturnType<typeof prepare>
type Read = (messageId: string) => Message

/** Inserts in the same tick, for transactions that span tables. */
export type InsertMessage = (message_id: string, draft: MessageDraft) => Message

export function sqliteMessages(database: Database): { messages: MessageStore; insertMessage: InsertMessage } {
  const statements = prepare(database)
  const read: Read = (message_id) => found(statements.one.get({ message_id }), `the message "${message_id}"`)

  const insertMessage: InsertMessage = database.sqlite.transaction((message_id, draft) => {
    const now = database.now()
    const { conversation_id } = draft
    const touched = statements.touch.run({ conversation_id, now })
    found(touched.changes > 0 ? touched : undefined, `the conversation "${conversation_id}"`)
    const character_id = existingCharacter(statements, draft.character_id)
    const only = { alternative_index: 0, alternative_count: 1, revision: 1 }
    const message = { ...draft, ...only, character_id, message_id, created_at: now, updated_at: now }
    statements.insert.run(message)
    return message
  })
  const remove = deletionOf(database, statements, read)
  const store: MessageStore = {
    list: (page) => attempt('read the messages', () => listPage(statements, page)),
    count: (conversation_id) =>
      attempt('read the messages', () => statements.count.get({ conversation_id })?.count ?? 0),
    get: (messageId) => attempt('read the message', () => read(messageId)),
    create: (draft) => attempt('save the message', () => insertMessage(randomUUID(), draft)),
    createAs: (messageId, draft) => attempt('save the message', () => insertMessage(messageId, draft)),
    update: (patch) =>
      attempt('save the message', () => {
        const message = revised(read(patch.message_id), patch, database.now())
        message.character_id = existingCharacter(statements, message.character_id)
        statements.update.run(message)
        return message
      }),
    delete: (messageId) => attempt('delete the message', () => remove(messageId)),
    ...alternativesOf(database, read),
  }
  return { messages: store, insertMessage }
}

function deletionOf(database: Database, statements: Statements, read: Read) {
  const forgetSummary = summaryForgetter(database)
  return database.sqlite.transaction((message_id: string) => {
    const { conversation_id } = read(message_id)
    forgetSummary(message_id)
    statements.remove.run({ message_id })
    return { conversationId: conversation_id }
  })
}

function alternativesOf(
  database: Database,
  read: Read,
): Pick<MessageStore, 'getShown' | 'addAlternative' | 'selectAlternative' | 'alternatives'> {
  const tree = new MessageTree(database)
  const forgetSummary = summaryForgetter(database)
  const allOrNothing = database.sqlite.transaction(
    (messageId: string, change: (message: Message) => void) => {
      change(read(messageId))
      return read(messageId)
    },
  )
  return {
    getShown: (messageId) =>
      attempt('read the message', () => {
        const message = read(messageId)
        tree.shownAt(messageId)
        return message
      }),
    addAlternative: (messageId, wording, following) =>
      attempt('save the message', () =>
        allOrNothing(messageId, (message) => {
          forgetSummary(messageId)
          tree.add(message, wording, following)
        }),
      ),
    selectAlternative: (messageId, index) =>
      attempt('change the message', () =>
        allOrNothing(messageId, (message) => {
          if (message.alternative_index !== index) forgetSummary(messageId)
          tree.select(message, index)
        }),
      ),
    alternatives: (messageId) => attempt('read the message', () => tree.list(read(messageId))),
  }
}

function listPage(
  statements: Statements,
  page: { conversation_id: string; limit?: number | undefined; before?: string | undefined },
): Message[] {
  const { conversation_id, before } = page
  found(statements.conversation.get({ conversation_id }), `the conversation "${conversation_id}"`)
  const range = {
    conversation_id,
    limit: page.limit ?? PAGE_MESSAGES,
    beforePosition:
      before === undefined ? Number.MAX_SAFE_INTEGER : placeOf(statements, before, conversation_id),
  }
  return statements.page.all(range).toReversed()
}

function placeOf(statements: Statements, message_id: string, conversation_id: string): number {
  const place = statements.place.get({ message_id })
  const isInIt = place?.conversation_id === conversation_id
  return found(isInIt ? place : undefined, `the message "${message_id}" in this conversation`).position
}

function existingCharacter(statements: Statements, id: string | null): string | null {
  return id !== null && statements.character.get({ id }) ? id : null
}
