import { type Message, type MessagePatch } from '#shared/entities.ts'
import { AppError } from '../errors.ts'
import { type Store } from '../store/contract.ts'
import { type HandlersFor } from './handler.ts'

export const messageHandlers: HandlersFor<'message' | 'messages' | 'alternative' | 'alternatives'> = {
  get_messages: (store, page) => store.messages.list(page),
  get_message: (store, { message_id }) => store.messages.get(message_id),
  async create_message(store, draft) {
    await checkSpeaker(store, draft.character_id)
    return store.messages.create(draft)
  },
  update_message: updateMessage,
  edit_message: updateMessage,
  async delete_message(store, { message_id }) {
    const { conversationId } = await store.messages.delete(message_id)
    return { message_id, conversation_id: conversationId }
  },
  locate_message: (store, { conversation_id, message_id }) =>
    store.messages.locate(conversation_id, message_id),
  get_alternatives: (store, { message_id }) => store.messages.alternatives(message_id),
  select_alternative: (store, { message_id, index }) => store.messages.selectAlternative(message_id, index),
}

async function updateMessage(store: Store, patch: MessagePatch): Promise<Message> {
  await checkSpeaker(store, patch.character_id)
  return store.messages.update(patch)
}

/** The store forgives a speaker who is gone, for replies that outlive their character; a client gets told. */
async function checkSpeaker(store: Store, characterId: string | null | undefined): Promise<void> {
  if (characterId === null || characterId === undefined) return
  const [speaker] = await store.characters.getMany([characterId])
  if (!speaker) {
    throw new AppError('invalid', `Cannot save the message: there is no character "${characterId}"`)
  }
}
