import { type HandlerTable } from './handler.ts'

/** What concerns the library as a whole: searching, tags, the trash. */
export const libraryHandlers: Pick<
  HandlerTable,
  'get_tags' | 'search' | 'get_trash' | 'restore_from_trash' | 'delete_from_trash'
> = {
  get_tags: (store) => store.characters.tags(),
  search: (store, question) => store.search(question),
  get_trash: (store, page) => store.trash.list(page),
  restore_from_trash: (store, { trash_id }) => store.trash.restore(trash_id),
  async delete_from_trash(store, { trash_id }) {
    await store.trash.delete(trash_id)
    return { trash_id }
  },
}
