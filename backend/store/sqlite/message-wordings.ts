import { randomUUID } from 'node:crypto'
import { type Message, type MessageDraft } from '#shared/entities.ts'
import { type MessageStore } from '../contract.ts'
import { type Database } from './database.ts'
import { summaryForgetter } from './forget-summary.ts'
import { MessageTree } from './message-tree.ts'
import { attempt } from './storage-errors.ts'

/** Inserts in the same tick, for transactions that span tables. */
export type InsertMessage = (message_id: string, draft: MessageDraft) => Message

interface MessageTable {
  readonly read: (messageId: string) => Message
  readonly insert: InsertMessage
}

type Wordings = Pick<
  MessageStore,
  'createAmong' | 'getShown' | 'addAlternative' | 'selectAlternative' | 'alternatives'
>

/** The verbs of the store that have to do with the wordings of a message. */
export function wordingsOf(database: Database, table: MessageTable): Wordings {
  const { read } = table
  const tree = new MessageTree(database)
  return {
    ...changesOf(database, table, tree),
    getShown: (messageId) =>
      attempt('read the message', () => {
        const message = read(messageId)
        tree.shownAt(messageId)
        return message
      }),
    alternatives: (messageId) => attempt('read the message', () => tree.list(read(messageId))),
  }
}

function changesOf(
  database: Database,
  { read, insert }: MessageTable,
  tree: MessageTree,
): Pick<Wordings, 'createAmong' | 'addAlternative' | 'selectAlternative'> {
  const forgetSummary = summaryForgetter(database)
  const allOrNothing = database.sqlite.transaction(
    (messageId: string, change: (message: Message) => void) => {
      change(read(messageId))
      return read(messageId)
    },
  )
  const create = database.sqlite.transaction((draft: MessageDraft, made: readonly [string[], number]) => {
    const message = insert(randomUUID(), draft)
    tree.begin(message, ...made)
    return read(message.message_id)
  })
  return {
    createAmong: (draft, contents, shownIndex) =>
      attempt('save the message', () => create(draft, [[...contents], shownIndex])),
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
  }
}
