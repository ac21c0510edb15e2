import { type Conversation, type Message } from '#shared/entities.ts'
import { type TroupeClient } from './client.ts'

/** As many as the server gives at once. */
const PAGE = 500

/** All conversations, most recently used first, page by page. */
export async function* allConversations(client: TroupeClient, query?: string): AsyncGenerator<Conversation> {
  let before: string | undefined
  for (;;) {
    const page = await client.request('get_conversations', {
      limit: PAGE,
      ...(before === undefined ? {} : { before }),
      ...(query === undefined ? {} : { query }),
    })
    yield* page
    before = page.at(-1)?.conversation_id
    if (page.length < PAGE) return
  }
}

/** Everything said in a conversation, oldest first. */
export async function allMessages(client: TroupeClient, conversationId: string): Promise<Message[]> {
  const pages: Message[][] = []
  let before: string | undefined
  for (;;) {
    const page = await client.request('get_messages', {
      conversation_id: conversationId,
      limit: PAGE,
      ...(before === undefined ? {} : { before }),
    })
    pages.unshift(page)
    before = page[0]?.message_id
    if (page.length < PAGE) return pages.flat()
  }
}
