import { randomUUID } from 'node:crypto'
import { and, eq, getTableColumns, isNull, sql } from 'drizzle-orm'
import { type Conversation } from '#shared/entities.ts'
import { AppError } from '../../errors.ts'
import { type ConversationTable } from './conversation-table.ts'
import { type Database } from './database.ts'
import { found } from './rows.ts'
import { messages } from './schema.ts'

const ITS_OWN = new Set([
  'position',
  'message_id',
  'conversation_id',
  'hidden_under',
  'alternative_index',
  'alternative_count',
  'revision',
  'deleted_at',
])
const COPIED = Object.keys(getTableColumns(messages)).filter((name) => !ITS_OWN.has(name))

/** In one statement, so that a hundred thousand messages take a moment and not a minute. */
const COPY_MESSAGES = `
  INSERT INTO messages (message_id, conversation_id, ${COPIED.join(', ')})
  SELECT lower(hex(randomblob(16))), @made, ${COPIED.join(', ')} FROM messages
  WHERE conversation_id = @conversation_id AND hidden_under IS NULL AND deleted_at IS NULL AND position <= @position
  ORDER BY position`

/** The copy of the message at a position, found by how many stand before it. */
const COPY_OF = `
  SELECT message_id FROM messages WHERE conversation_id = @made ORDER BY position LIMIT 1 OFFSET (
    SELECT count(*) FROM messages
    WHERE conversation_id = @conversation_id AND hidden_under IS NULL AND deleted_at IS NULL AND position < @position
  )`

/**
 * Copies a conversation up to one of its messages: its settings, and what is shown of it. The copies keep when they were
 * said; their other alternatives stay with the original.
 */
export function branchOf(
  { orm, sqlite }: Database,
  { read, insert, update }: ConversationTable,
): (messageId: string, title?: string) => Conversation {
  const { position, conversation_id, hidden_under } = messages
  const placeOf = orm
    .select({ position, conversation_id, hidden_under })
    .from(messages)
    .where(and(eq(messages.message_id, sql.placeholder('message_id')), isNull(messages.deleted_at)))
    .prepare()
  const copyMessages = sqlite.prepare<object>(COPY_MESSAGES)
  const copyOf = sqlite.prepare<object, string>(COPY_OF).pluck()
  return sqlite.transaction((message_id: string, title?: string) => {
    const last = found(placeOf.get({ message_id }), `the message "${message_id}"`)
    if (last.hidden_under !== null) {
      throw new AppError('invalid', 'This message is not shown; choose the alternative it belongs to first')
    }
    const original = read(last.conversation_id)
    const made = insert(randomUUID(), { ...original, title: title ?? original.title })
    const range = { made: made.conversation_id, conversation_id: last.conversation_id }
    copyMessages.run({ ...range, position: last.position })
    const until =
      original.summary_until === null ? undefined : placeOf.get({ message_id: original.summary_until })
    const isCovered = until !== undefined && until.position <= last.position
    const summary_until = isCovered ? (copyOf.get({ ...range, position: until.position }) ?? null) : null
    const summary = summary_until === null ? '' : original.summary
    return update({ conversation_id: made.conversation_id, summary, summary_until })
  })
}
