import { useFileDialog } from '@vueuse/core'
import { z } from 'zod'
import { ImportResult } from '#shared/entities/import.ts'
import { t } from '../../i18n/index.ts'
import { fetchApi } from '../../socket/api.ts'
import { RequestError } from '../../socket/request-error.ts'
import { useBackstage } from '../../stores/backstage.ts'
import { useShell } from '../../stores/shell.ts'
import { useStage } from '../../stores/stage.ts'
import { fetchLorebook } from '../library/export-file.ts'
import { saveFile } from '../library/save-file.ts'

/** Lorebooks: new ones, from files, into files, away. @param onNew is told the id of each that is there now. */
export function useLoreShelf(onNew: (lorebookId: string) => void) {
  const backstage = useBackstage()
  const { client } = useStage()
  const shell = useShell()
  const dialog = useFileDialog({ accept: '.json,.lorebook,.png,.charx', multiple: true, reset: true })
  dialog.onChange((files) => {
    if (files && files.length > 0) void attempt(() => bring([...files]))
  })

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      shell.say(error instanceof RequestError ? error.message : t('library.notKept'))
    }
  }

  async function bring(files: readonly File[]): Promise<void> {
    const form = new FormData()
    for (const file of files) form.append('file', file, file.name)
    const response = await fetchApi({ method: 'POST', path: '/api/lorebooks/import', form })
    for (const { ok, lorebook, error, file } of z.array(ImportResult).parse(await response.json())) {
      if (ok && lorebook) onNew(lorebook.lorebook_id)
      shell.say(ok && lorebook ? t('library.lore.came', { name: lorebook.name }) : `${file}: ${error ?? ''}`)
    }
  }

  return {
    bring: (): void => dialog.open(),
    create: (name: string) =>
      attempt(async () => onNew((await backstage.createLorebook({ name })).lorebook_id)),
    give: (id: string) => attempt(async () => saveFile(await fetchLorebook(id))),
    remove: (id: string, name: string) =>
      attempt(async () => {
        await backstage.deleteLorebook(id)
        const run = () =>
          void attempt(async () => {
            await client.request('restore_from_trash', { trash_id: `lorebook:${id}` })
          })
        shell.say(t('library.deleted', { name }), { name: t('common.undo'), run })
      }),
  }
}
