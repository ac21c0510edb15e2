import { randomUUID } from 'node:crypto'
import { type Conversation, type ConversationDraft } from '#shared/entities.ts'
import { type RequestParams } from '#shared/protocol/requests.ts'
import { AppError } from '../../errors.ts'
import { type ConversationStore } from '../contract.ts'
import { prepareConversations } from './conversation-statements.ts'
import { type Database } from './database.ts'
import { found, patched } from './rows.ts'
import { searchQuery } from './search-query.ts'
import { attempt } from './storage-errors.ts'

const PAGE_CONVERSATIONS = 100

/** Sorts behind every stored moment and id. */
const AFTER_ALL = '~'

type Statements = ReturnType<typeof prepareConversations>

/** Inserts in the same tick, for transactions that span tables. */
export type InsertConversation = (conversation_id: string, draft: ConversationDraft) => Conversation

export function sqliteConversations(database: Database): {
  conversations: ConversationStore
  insertConversation: InsertConversation
} {
  const statements = prepareConversations(database)
  const { find, read, insert, update } = conversationTable(database, statements)
  const store: ConversationStore = {
    list: (page) => attempt('read the conversations', () => listPage(statements, page)),
    get: (id) => attempt('read the conversation', () => read(id)),
    find: (id) => attempt('read the conversation', () => find(id)),
    create: (draft) => attempt('save the conversation', () => insert(randomUUID(), draft)),
    ensure: (id, draft) => attempt('save the conversation', () => find(id) ?? insert(id, draft)),
    update: (patch) =>
      attempt('save the conversation', () =>
        update({ ...patched(read(patch.conversation_id), patch), updated_at: database.now() }),
      ),
    delete: (id) =>
      attempt('delete the conversation', () => {
        read(id)
        statements.remove.run({ conversation_id: id })
      }),
  }
  return { conversations: store, insertConversation: insert }
}

function conversationTable({ sqlite, now }: Database, statements: Statements) {
  const find = (conversation_id: string): Conversation | undefined => statements.one.get({ conversation_id })
  const read = (id: string): Conversation => found(find(id), `the conversation "${id}"`)

  const insert: InsertConversation = sqlite.transaction((conversation_id, draft) => {
    const created_at = now()
    statements.insert.run({ conversation_id, title: draft.title, created_at, updated_at: created_at })
    setCast(statements, conversation_id, draft.active_characters ?? [])
    return read(conversation_id)
  })
  const update = sqlite.transaction((conversation: Conversation): Conversation => {
    statements.update.run(conversation)
    setCast(statements, conversation.conversation_id, conversation.active_characters)
    return read(conversation.conversation_id)
  })
  return { find, read, insert, update }
}

function listPage(statements: Statements, page: RequestParams<'get_conversations'>): Conversation[] {
  const before =
    page.before === undefined
      ? undefined
      : found(statements.one.get({ conversation_id: page.before }), `the conversation "${page.before}"`)
  const range = {
    limit: page.limit ?? PAGE_CONVERSATIONS,
    offset: page.offset ?? 0,
    beforeUse: before?.updated_at ?? AFTER_ALL,
    beforeId: before?.conversation_id ?? AFTER_ALL,
  }
  if (page.query === undefined || page.query.trim() === '') return statements.page.all(range)
  const query = searchQuery(page.query)
  if (!query) return []
  return query.kind === 'words'
    ? statements.pageWithWords.all({ ...range, match: query.match })
    : statements.pageWithPassage.all({ ...range, pattern: query.pattern })
}

function setCast(statements: Statements, conversation_id: string, characterIds: readonly string[]): void {
  const present = [...new Set(characterIds)]
  const unknown = present.filter((id) => !statements.character.get({ id }))
  if (unknown.length > 0) {
    throw new AppError('invalid', `Cannot set the cast: there is no character "${unknown.join('", "')}"`)
  }
  statements.emptyCast.run({ conversation_id })
  for (const [place, character_id] of present.entries()) {
    statements.join.run({ conversation_id, character_id, place })
  }
}
