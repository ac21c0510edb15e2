import { type Message } from '#shared/entities.ts'
import { AppError } from '../errors.ts'
import { macrotask } from '../lib/macrotask.ts'
import { type MessageStore } from '../store/contract.ts'

const PAGE_MESSAGES = 200
const MAX_MESSAGES = 5_000

export interface HistoryRange {
  readonly conversation_id: string
  /** Only what was said before this message. */
  readonly before?: string | undefined
}

/**
 * What was said in a stored conversation, in pages from the newest to the oldest, each oldest first; 5 000 messages at
 * most. Between pages others get their turn: reading a long history at once would hold up the sound of everybody else.
 */
export async function* historyPages(
  messages: Pick<MessageStore, 'list'>,
  { conversation_id, before }: HistoryRange,
): AsyncGenerator<readonly Message[], void> {
  let page = await messages.list({ conversation_id, limit: PAGE_MESSAGES, before })
  yield page
  for (let count = page.length; page.length === PAGE_MESSAGES && count < MAX_MESSAGES; count += page.length) {
    await macrotask()
    page = await pageBefore(messages, page)
    yield page
  }
}

/** What was said before these; any of them may have been deleted since they were read. */
async function pageBefore(
  messages: Pick<MessageStore, 'list'>,
  newer: readonly Message[],
): Promise<Message[]> {
  for (const { conversation_id, message_id } of newer) {
    try {
      return await messages.list({ conversation_id, limit: PAGE_MESSAGES, before: message_id })
    } catch (thrown) {
      if (!(thrown instanceof AppError && thrown.code === 'not_found')) throw thrown
    }
  }
  return []
}

/** All of it, oldest first, back to the page that `isEnough` says yes to. */
export async function historyUntil(
  messages: Pick<MessageStore, 'list'>,
  range: HistoryRange,
  isEnough: (page: readonly Message[]) => boolean,
): Promise<Message[]> {
  const pages: (readonly Message[])[] = []
  for await (const page of historyPages(messages, range)) {
    pages.push(page)
    if (isEnough(page)) break
  }
  return pages.toReversed().flat()
}
