import { type HandlersFor } from './handler.ts'

export const conversationHandlers: HandlersFor<'conversation' | 'conversations'> = {
  get_conversations: (store, page) => store.conversations.list(page),
  get_conversation: (store, { conversation_id }) => store.conversations.get(conversation_id),
  create_conversation: (store, draft) => store.conversations.create(draft),
  update_conversation: (store, patch) => store.conversations.update(patch),
  async delete_conversation(store, { conversation_id }) {
    await store.conversations.delete(conversation_id)
    return { conversation_id }
  },
}
