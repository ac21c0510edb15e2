import { and, eq, isNull, sql } from 'drizzle-orm'
import { type ConversationStore } from '../contract.ts'
import { type Database } from './database.ts'
import { conversations, promptMemories } from './schema.ts'
import { attempt } from './storage-errors.ts'

export function promptMemoriesOf({
  orm,
}: Database): Pick<ConversationStore, 'promptMemory' | 'keepPromptMemory'> {
  const conversation_id = sql.placeholder('conversation_id')
  const memory = sql.placeholder('memory')
  const read = orm
    .select({ memory: promptMemories.memory })
    .from(promptMemories)
    .innerJoin(conversations, eq(conversations.conversation_id, promptMemories.conversation_id))
    .where(and(eq(promptMemories.conversation_id, conversation_id), isNull(conversations.deleted_at)))
    .prepare()
  const known = orm
    .select({ position: conversations.position })
    .from(conversations)
    .where(and(eq(conversations.conversation_id, conversation_id), isNull(conversations.deleted_at)))
    .prepare()
  const write = orm
    .insert(promptMemories)
    .values({ conversation_id, memory })
    .onConflictDoUpdate({ target: promptMemories.conversation_id, set: { memory: sql`excluded.memory` } })
    .prepare()
  return {
    promptMemory: (id) =>
      attempt('read the conversation', (): unknown => {
        const row = read.get({ conversation_id: id })
        return row ? JSON.parse(row.memory) : undefined
      }),
    keepPromptMemory: (id, kept) =>
      attempt('save the conversation', () => {
        // It may have been deleted while its last reply was being written.
        if (known.get({ conversation_id: id })) {
          write.run({ conversation_id: id, memory: JSON.stringify(kept) })
        }
      }),
  }
}
