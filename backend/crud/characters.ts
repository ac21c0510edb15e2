import { type HandlersFor } from './handler.ts'

export const characterHandlers: HandlersFor<'character' | 'characters' | 'character_heads'> = {
  get_characters: (store) => store.characters.list(),
  get_character: (store, { id }) => store.characters.get(id),
  create_character: (store, draft) => store.characters.create(draft),
  update_character: (store, patch) => store.characters.update(patch),
  async delete_character(store, { id }) {
    await store.characters.delete(id)
    return { id }
  },
  get_character_heads: (store, page) => store.characters.heads(page),
  async change_characters(store, change) {
    return { ids: await store.characters.change(change) }
  },
}
