import { randomUUID } from 'node:crypto'
import { type Conversation } from '#shared/entities.ts'
import { type RequestParams } from '#shared/protocol/requests.ts'
import { type ConversationStore } from '../contract.ts'
import { branchOf } from './branch.ts'
import { conversationTable, type InsertConversation } from './conversation-table.ts'
import { prepareConversations } from './conversation-statements.ts'
import { type Database } from './database.ts'
import { promptMemoriesOf } from './prompt-memories.ts'
import { renamerOfTrash } from './rename-trash.ts'
import { found } from './rows.ts'
import { matchAll, searchTerms } from './search-terms.ts'
import { attempt } from './storage-errors.ts'
import { wholeConversations } from './whole-conversations.ts'

const PAGE_CONVERSATIONS = 100

/** Sorts behind every stored moment and id. */
const AFTER_ALL = '~'

type Statements = ReturnType<typeof prepareConversations>

export function sqliteConversations(database: Database): {
  conversations: ConversationStore
  insertConversation: InsertConversation
} {
  const statements = prepareConversations(database)
  const table = conversationTable(database, statements)
  const { find, read, insert, update } = table
  const branch = branchOf(database, table)
  const makeRoom = renamerOfTrash(database)
  const insertAs: InsertConversation = database.sqlite.transaction((id, draft) => {
    makeRoom(id)
    return insert(id, draft)
  })
  const store: ConversationStore = {
    list: (page) => attempt('read the conversations', () => listPage(statements, page)),
    get: (id) => attempt('read the conversation', () => read(id)),
    find: (id) => attempt('read the conversation', () => find(id)),
    create: (draft) => attempt('save the conversation', () => insert(randomUUID(), draft)),
    ensure: (id, draft) => attempt('save the conversation', () => find(id) ?? insertAs(id, draft)),
    update: (patch) => attempt('save the conversation', () => update(patch)),
    delete: (id) =>
      attempt('delete the conversation', () => {
        read(id)
        statements.remove.run({ conversation_id: id, now: database.now() })
      }),
    keepSummary: (conversation_id, kept) =>
      attempt('save the summary', () => {
        statements.sumUp.run({ conversation_id, ...kept })
        return read(conversation_id)
      }),
    ...promptMemoriesOf(database),
    ...wholeConversations(database),
    branch: (messageId, title) => attempt('branch the conversation', () => branch(messageId, title)),
  }
  return { conversations: store, insertConversation: insert }
}

function listPage(statements: Statements, page: RequestParams<'get_conversations'>): Conversation[] {
  const before =
    page.before === undefined
      ? undefined
      : found(statements.one.get({ conversation_id: page.before }), `the conversation "${page.before}"`)
  const { archived = false } = page
  const range = {
    limit: page.limit ?? PAGE_CONVERSATIONS,
    offset: page.offset ?? 0,
    beforeUse: before?.updated_at ?? AFTER_ALL,
    beforeId: before?.conversation_id ?? AFTER_ALL,
    archived: archived === null ? null : Number(archived),
    character_id: page.character_id ?? null,
  }
  if (page.query === undefined || page.query.trim() === '') return statements.page.all(range)
  const match = matchAll(searchTerms(page.query))
  return match === undefined ? [] : statements.pageWithWords.all({ ...range, match })
}
