import { type Database } from './database.ts'

/**
 * How many messages each conversation shows, kept from one question to the next: counting a hundred thousand takes
 * milliseconds. It lives and dies with this connection, the only one that writes, and is undone with what it counts.
 */
const KEEPING = `
  CREATE TEMP TABLE shown_counts (conversation_id TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TEMP TRIGGER shown_counts_more AFTER INSERT ON main.messages
  WHEN new.hidden_under IS NULL AND new.deleted_at IS NULL BEGIN
    UPDATE shown_counts SET count = count + 1 WHERE conversation_id = new.conversation_id;
  END;
  CREATE TEMP TRIGGER shown_counts_other AFTER UPDATE OF conversation_id, hidden_under, deleted_at ON main.messages BEGIN
    DELETE FROM shown_counts WHERE conversation_id IN (old.conversation_id, new.conversation_id);
  END;
  CREATE TEMP TRIGGER shown_counts_fewer AFTER DELETE ON main.messages BEGIN
    DELETE FROM shown_counts WHERE conversation_id = old.conversation_id;
  END;
`

/** @returns what counts the messages that a conversation shows. */
export function openShownCounts({ sqlite }: Database): (conversationId: string) => number {
  sqlite.exec(KEEPING)
  const kept = sqlite
    .prepare<[string], number>('SELECT count FROM temp.shown_counts WHERE conversation_id = ?')
    .pluck()
  const counted = sqlite
    .prepare<{ id: string }, number>(
      `INSERT INTO temp.shown_counts SELECT @id, count(*) FROM messages
       WHERE conversation_id = @id AND hidden_under IS NULL AND deleted_at IS NULL RETURNING count`,
    )
    .pluck()
  return (conversationId) => kept.get(conversationId) ?? counted.get({ id: conversationId }) ?? 0
}
