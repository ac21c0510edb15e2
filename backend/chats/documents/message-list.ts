import { readDate } from '../dates.ts'
import { recordIn } from '../json.ts'
import { readLine } from '../sillytavern/read-line.ts'
import { type ChatMessage, type DocumentChat } from '../chat.ts'

/** A plain list of messages, as SillyTavern's lines or as `{ role, content }`. */
export function readList(list: readonly unknown[]): DocumentChat[] {
  const messages = list.flatMap((one): ChatMessage[] => {
    const read = readLine(one)
    if (!read) return []
    const { created_at, timestamp } = recordIn(one)
    return [{ ...read, sentAt: read.sentAt ?? readDate(created_at ?? timestamp), source: null }]
  })
  if (messages.length === 0) return []
  return [{ format: 'messages', head: { createdAt: null, authorNote: null }, messages }]
}
