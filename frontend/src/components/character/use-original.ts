import { shallowRef } from 'vue'
import { ImportedFrom } from '#shared/entities/import.ts'
import { callApi } from '../../socket/api.ts'

/** The card somebody came from, and what became of it when it was read; null if they were written here. */
export function useOriginal(id: string) {
  const original = shallowRef<ImportedFrom | null>(null)
  const path = `/api/characters/${encodeURIComponent(id)}/original`
  async function load(): Promise<void> {
    original.value = await callApi({ path, answer: ImportedFrom })
  }
  // Written here, not brought in: there is nothing to tell.
  load().catch(() => {})
  return original
}
