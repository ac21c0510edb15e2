import { shallowRef } from 'vue'
import { ImportedFrom } from '#shared/entities/import.ts'
import { callApi } from '../../socket/api.ts'

/** The card somebody came from, and what became of it when it was read; null if they were written here. */
export function useOriginal(id: string) {
  const original = shallowRef<ImportedFrom | null>(null)
  callApi({ path: `/api/characters/${encodeURIComponent(id)}/original`, answer: ImportedFrom })
    .then((found) => {
      original.value = found
    })
    // Written here, not brought in: there is nothing to tell.
    .catch(() => {})
  return original
}
