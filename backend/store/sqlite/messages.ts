import { randomUUID } from 'node:crypto'
import { type Message, type MessagePatch } from '#shared/entities.ts'
import { type MessageStore } from '../contract.ts'
import { type Database } from './database.ts'
import { summaryForgetter } from './forget-summary.ts'
import { MessagePages } from './message-pages.ts'
import { prepareMessages } from './message-statements.ts'
import { found, revised } from './rows.ts'
import { type InsertMessage, wordingsOf } from './message-wordings.ts'
import { attempt } from './storage-errors.ts'

type Statements = ReturnType<typeof prepareMessages>
type Read = (messageId: string) => Message

export function sqliteMessages(database: Database): { messages: MessageStore; insertMessage: InsertMessage } {
  const statements = prepareMessages(database)
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
  const store: MessageStore = {
    ...pagesOf(database, statements),
    get: (messageId) => attempt('read the message', () => read(messageId)),
    create: (draft) => attempt('save the message', () => insertMessage(randomUUID(), draft)),
    createAs: (messageId, draft) => attempt('save the message', () => insertMessage(messageId, draft)),
    ...editsOf(database, statements, read),
    ...wordingsOf(database, { read, insert: insertMessage }),
  }
  return { messages: store, insertMessage }
}

function pagesOf(
  database: Database,
  statements: Statements,
): Pick<MessageStore, 'list' | 'count' | 'locate'> {
  const pages = new MessagePages(database)
  const check = (conversation_id: string): void => {
    found(statements.conversation.get({ conversation_id }), `the conversation "${conversation_id}"`)
  }
  return {
    list: ({ conversation_id, ...page }) =>
      attempt('read the messages', () => {
        check(conversation_id)
        return pages.list(conversation_id, page)
      }),
    count: (conversation_id) =>
      attempt('read the messages', () =>
        statements.conversation.get({ conversation_id }) ? pages.count(conversation_id) : 0,
      ),
    locate: (conversation_id, messageId) =>
      attempt('read the messages', () => {
        check(conversation_id)
        return pages.locate(conversation_id, messageId)
      }),
  }
}

function editsOf(
  database: Database,
  statements: Statements,
  read: Read,
): Pick<MessageStore, 'update' | 'delete'> {
  const forgetSummary = summaryForgetter(database)
  const update = database.sqlite.transaction((patch: MessagePatch) => {
    const { message_id } = patch
    statements.update.run(revised(read(message_id), patch, database.now()))
    // One who is not named stays as stored: it may be in the trash and come back.
    if (patch.character_id !== undefined) {
      statements.give.run({ message_id, character_id: existingCharacter(statements, patch.character_id) })
    }
    return read(message_id)
  })
  const remove = database.sqlite.transaction((message_id: string) => {
    const { conversation_id } = read(message_id)
    forgetSummary(message_id)
    statements.remove.run({ message_id, now: database.now() })
    return { conversationId: conversation_id }
  })
  return {
    update: (patch) => attempt('save the message', () => update(patch)),
    delete: (messageId) => attempt('delete the message', () => remove(messageId)),
  }
}

function existingCharacter(statements: Statements, id: string | null): string | null {
  return id !== null && statements.character.get({ id }) ? id : null
}
