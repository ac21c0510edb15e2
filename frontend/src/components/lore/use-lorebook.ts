import { useDebounceFn } from '@vueuse/core'
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { useStage } from '../../stores/stage.ts'
import { EditedLorebook } from './edited-lorebook.ts'

/** A book may be large, and goes as a whole: longer than a character waits. */
const PAUSE_MS = 1_200

/** One lorebook being written: saves itself a while after each change, and at the latest when it is left. */
export function useLorebook(id: string) {
  const { client } = useStage()
  const book = shallowRef<EditedLorebook | null>(null)
  const isGone = ref(false)
  const server = {
    fetch: () => client.request('get_lorebook', { lorebook_id: id }),
    update: (patch: Parameters<ConstructorParameters<typeof EditedLorebook>[1]['update']>[0]) =>
      client.request('update_lorebook', { lorebook_id: id, ...patch }),
  }
  const save = (): void => void book.value?.save()
  const saveSoon = useDebounceFn(save, PAUSE_MS)

  async function open(): Promise<void> {
    try {
      const stored = await server.fetch()
      if (book.value === null) book.value = new EditedLorebook(stored, server)
      else book.value.take(stored)
    } catch {
      isGone.value = book.value === null && client.isOpen
    }
  }
  void open()

  const stops = [
    client.on('lorebook_updated', ({ data }) => data.lorebook_id === id && book.value?.take(data)),
    client.on('ready', () => {
      void open()
      void saveSoon()
    }),
  ]
  watch(
    () => book.value?.state.value,
    (state) => state === 'unsaved' && void saveSoon(),
  )
  onScopeDispose(() => {
    for (const stop of stops) stop()
    save()
  })

  return { book, isGone, save, saveSoon }
}
