import { onScopeDispose, ref, shallowRef } from 'vue'
import { type TrashItem } from '#shared/entities.ts'
import { t } from '../../i18n/index.ts'
import { useShell } from '../../stores/shell.ts'
import { useStage } from '../../stores/stage.ts'
import { wordsFor } from './use-settings.ts'

const PAGE = 50

/** What was thrown away, last first; asked for again when the line comes back. */
export function useTrash() {
  const { client } = useStage()
  const items = shallowRef<readonly TrashItem[]>([])
  const problem = ref('')
  const isLoading = ref(false)
  const hasMore = ref(false)

  async function read(offset: number): Promise<void> {
    isLoading.value = true
    problem.value = ''
    try {
      const page = await client.request('get_trash', { limit: PAGE, offset })
      items.value = offset === 0 ? page : [...items.value, ...page]
      hasMore.value = page.length === PAGE
    } catch (error) {
      problem.value = wordsFor(error)
    }
    isLoading.value = false
  }

  const drop = ({ trash_id: id }: TrashItem): void => {
    items.value = items.value.filter((item) => item.trash_id !== id)
  }
  const load = () => read(0)
  onScopeDispose(client.on('ready', () => void load()))
  if (client.isOpen) void load()
  const more = () => read(items.value.length)
  return { items, problem, isLoading, hasMore, load, more, ...useTrashVerbs(drop) }
}

function useTrashVerbs(drop: (item: TrashItem) => void) {
  const { client } = useStage()
  const shell = useShell()

  async function attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      shell.say(wordsFor(error))
    }
  }

  return {
    restore: (item: TrashItem) =>
      attempt(async () => {
        await client.request('restore_from_trash', { trash_id: item.trash_id })
        drop(item)
        shell.say(t('settings.data.restored', { name: item.name }))
      }),
    remove: (item: TrashItem) =>
      attempt(async () => {
        await client.request('delete_from_trash', { trash_id: item.trash_id })
        drop(item)
      }),
  }
}
