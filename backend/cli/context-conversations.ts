import { type Conversation } from '#shared/entities.ts'
import { type TroupeClient } from './client.ts'
import { type ContextSource } from './context-source.ts'
import { toText } from './export.ts'
import { allConversations, allMessages } from './paged.ts'

/** What was said in other conversations, latest first; with words, in those where they were spoken. */
export async function conversationTexts(client: TroupeClient, words: string): Promise<ContextSource[]> {
  const query = words.trim()
  const sources: ContextSource[] = []
  for await (const conversation of allConversations(client, query === '' ? undefined : query)) {
    sources.push(conversationText(client, conversation))
  }
  return sources
}

function conversationText(client: TroupeClient, conversation: Conversation): ContextSource {
  const { conversation_id, title, updated_at } = conversation
  return {
    name: `conversation "${title || conversation_id}" of ${updated_at.slice(0, 10)}`,
    async read(maxCharacters) {
      const messages = await allMessages(client, conversation_id)
      return toText(messages.filter(({ role }) => role !== 'system')).slice(0, maxCharacters)
    },
  }
}
