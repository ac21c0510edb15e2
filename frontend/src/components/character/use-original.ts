import { shallowRef } from 'vue'
import { z } from 'zod'
import { CardReport } from '#shared/entities.ts'
import { callApi } from '../../socket/api.ts'

const Original = z.object({ format: z.string(), file_name: z.string(), report: CardReport })
type Original = z.infer<typeof Original>

/** The card somebody came from, and what became of it when it was read; null if they were written here. */
export function useOriginal(id: string) {
  const original = shallowRef<Original | null>(null)
  callApi({ path: `/api/characters/${encodeURIComponent(id)}/original`, answer: Original })
    .then((found) => {
      original.value = found
    })
    // Written here, not brought in: there is nothing to tell.
    .catch(() => {})
  return original
}
