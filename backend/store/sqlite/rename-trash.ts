import { randomUUID } from 'node:crypto'
import { type Database } from './database.ts'

const REFERRING = ['messages', 'casts', 'prompt_memories'] as const

/**
 * Whoever goes on talking in a conversation that was deleted meanwhile begins a new one under the same id; the one in
 * the trash gets another, so that it can still be had back. To be called within the transaction that makes the new one.
 */
export function renamerOfTrash({ sqlite }: Database): (conversationId: string) => void {
  const isInTrash = sqlite.prepare<[string]>(
    'SELECT 1 FROM conversations WHERE conversation_id = ? AND deleted_at IS NOT NULL',
  )
  // The conversation first: its messages are indexed anew with its place.
  const renames = ['conversations', ...REFERRING].map((table) =>
    sqlite.prepare<[string, string]>(`UPDATE ${table} SET conversation_id = ? WHERE conversation_id = ?`),
  )
  const renameOriginal = sqlite.prepare<[string, string]>(
    "UPDATE originals SET id = ? WHERE kind = 'conversation' AND id = ?",
  )
  return (conversationId) => {
    if (!isInTrash.get(conversationId)) return
    const other = randomUUID()
    // What refers to it is renamed a moment after it.
    sqlite.exec('PRAGMA defer_foreign_keys = ON')
    for (const rename of [...renames, renameOriginal]) rename.run(other, conversationId)
  }
}
