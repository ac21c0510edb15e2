import { useRouter } from 'vue-router'
import { type Character } from '#shared/entities.ts'
import { t } from '../../i18n/index.ts'
import { RequestError } from '../../socket/request-error.ts'
import { useLibrary } from '../../stores/library.ts'
import { useShell } from '../../stores/shell.ts'
import { type CardFormat, fetchExport } from '../library/export-file.ts'
import { saveFile } from '../library/save-file.ts'
import { useBulk } from '../library/use-bulk.ts'
import { draftOf } from './draft.ts'

/** What can be done with somebody as a whole. What goes wrong is said. */
export function useCharacterVerbs(character: () => Character) {
  const library = useLibrary()
  const shell = useShell()
  const router = useRouter()
  const bulk = useBulk()

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      shell.say(error instanceof RequestError ? error.message : t('library.notKept'))
    }
  }

  return {
    exportAs: (format: CardFormat) =>
      attempt(async () => saveFile(await fetchExport(character().id, format))),
    duplicate: () =>
      attempt(async () => {
        const name = t('library.detail.copyName', { name: character().name })
        const copy = await library.createCharacter({ ...draftOf(character()), name })
        await router.push(`/characters/${copy.id}`)
      }),
    async remove(): Promise<void> {
      if (await bulk.remove([character().id])) await router.push('/characters')
    },
  }
}
