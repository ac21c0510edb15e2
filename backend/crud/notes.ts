import { type HandlersFor } from './handler.ts'

export const noteHandlers: HandlersFor<'note' | 'notes'> = {
  get_notes: (store, page) => store.notes.list(page),
  get_note: (store, { note_id }) => store.notes.get(note_id),
  create_note: (store, draft) => store.notes.create(draft),
  update_note: (store, patch) => store.notes.update(patch),
  async delete_note(store, { note_id }) {
    await store.notes.delete(note_id)
    return { note_id }
  },
}
