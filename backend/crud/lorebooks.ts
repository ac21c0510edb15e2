import { type HandlersFor } from './handler.ts'

export const lorebookHandlers: HandlersFor<'lorebook' | 'lorebooks'> = {
  get_lorebooks: (store) => store.lorebooks.list(),
  get_lorebook: (store, { lorebook_id }) => store.lorebooks.get(lorebook_id),
  create_lorebook: (store, draft) => store.lorebooks.create(draft),
  update_lorebook: (store, patch) => store.lorebooks.update(patch),
  async delete_lorebook(store, { lorebook_id }) {
    await store.lorebooks.delete(lorebook_id)
    return { lorebook_id }
  },
}
