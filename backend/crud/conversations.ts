import { type Store } from '../store/contract.ts'
import { findGreeting, sayGreeting } from './greetings.ts'
import { type HandlersFor } from './handler.ts'

export const conversationHandlers: HandlersFor<'conversation' | 'conversations'> = {
  get_conversations: (store, page) => store.conversations.list(page),
  get_conversation: (store, { conversation_id }) => store.conversations.get(conversation_id),
  async create_conversation(store, { greeting_index, greeting_character_id, ...draft }, { expandGreetings }) {
    const active_characters = draft.active_characters ?? (await activeCharacters(store))
    const greeting = await findGreeting(store, active_characters, { greeting_index, greeting_character_id })
    const conversation = await store.conversations.create({ ...draft, active_characters })
    if (!greeting) return conversation
    await sayGreeting(store, { ...greeting, conversation }, expandGreetings)
    return store.conversations.get(conversation.conversation_id)
  },
  update_conversation: (store, patch) => store.conversations.update(patch),
  async delete_conversation(store, { conversation_id }) {
    await store.conversations.delete(conversation_id)
    return { conversation_id }
  },
  branch_conversation: (store, { message_id, title }) => store.conversations.branch(message_id, title),
}

async function activeCharacters(store: Store): Promise<string[]> {
  const characters = await store.characters.list()
  return characters.filter((character) => character.is_active).map((character) => character.id)
}
