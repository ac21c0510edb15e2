import { ref } from 'vue'
import { type RunnerInfo } from '#shared/entities.ts'
import { t } from '../../i18n/index.ts'
import { useShell } from '../../stores/shell.ts'
import { wordsFor } from '../settings/use-settings.ts'
import { answerWith, pinRunner, startRunner, stopRunner } from './models-api.ts'
import { useModels } from './use-models.ts'

export const pathOf = (id: string, tab = '') =>
  `/models/runner/${encodeURIComponent(id)}${tab === '' ? '' : `/${tab}`}`

/** What can be done with a runner that is there. */
export function useRunnerVerbs() {
  const shell = useShell()
  const { showRunner } = useModels()
  const busy = ref<ReadonlySet<string>>(new Set())

  async function run(id: string, verb: () => Promise<RunnerInfo>): Promise<void> {
    busy.value = new Set([...busy.value, id])
    try {
      showRunner(await verb())
    } catch (error) {
      shell.say(wordsFor(error))
    }
    busy.value = new Set([...busy.value].filter((one) => one !== id))
  }

  /** Whoever has nobody else to ask, asks this one from now on. */
  async function choose(id: string): Promise<void> {
    try {
      await answerWith(id)
      shell.say(t('models.chosen', { name: id }))
    } catch (error) {
      shell.say(wordsFor(error))
    }
  }

  return {
    isBusy: (id: string) => busy.value.has(id),
    start: (id: string) => run(id, () => startRunner(id)),
    stop: (id: string) => run(id, () => stopRunner(id)),
    pin: ({ id, is_pinned: isPinned }: RunnerInfo) => run(id, () => pinRunner(id, !isPinned)),
    choose,
  }
}
