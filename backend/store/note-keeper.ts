import { type NoteKeeper } from '../tools/contracts.ts'
import { type Store } from './contract.ts'

/** The notes of characters, as their tools see them. */
export function noteKeeper({ notes }: Pick<Store, 'notes'>): NoteKeeper {
  return {
    async add(character_id, text) {
      await notes.create({ character_id, text })
    },
    search: (character_id, query, limit) =>
      notes.list({ character_id, limit, ...(query.trim() === '' ? {} : { query }) }),
  }
}
