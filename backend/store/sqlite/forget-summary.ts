import { type Database } from './database.ts'

const FORGET = `
  UPDATE conversations SET summary = '', summary_until = NULL
  WHERE summary_until IS NOT NULL
  AND conversation_id = (SELECT conversation_id FROM messages WHERE message_id = @message_id AND hidden_under IS NULL)
  AND NOT EXISTS (
    SELECT 1 FROM messages
    WHERE message_id = summary_until AND hidden_under IS NULL AND deleted_at IS NULL
    AND position < (SELECT position FROM messages WHERE message_id = @message_id)
  )`

/**
 * To be called before a message is deleted or shows another wording, in the same transaction: what people put out of
 * sight must not live on in a summary. One that ends before the message stays, as does one that somebody wrote.
 */
export function summaryForgetter({ sqlite }: Database): (messageId: string) => void {
  const forget = sqlite.prepare<{ message_id: string }>(FORGET)
  return (message_id) => {
    forget.run({ message_id })
  }
}
