import { createSharedComposable } from '@vueuse/core'
import { computed, ref, shallowRef, watch } from 'vue'
import { type RunnersConfig } from '#shared/entities.ts'
import { wordsFor } from '../settings/use-settings.ts'
import { fetchConfig, writeConfig } from './models-api.ts'
import { type Entry, entriesIn, withEntries } from './runners-file.ts'
import { useModels } from './use-models.ts'

/** The runners file as it is on the server, and changes of it that respect those of others. */
export const useRunnersConfig = createSharedComposable(() => {
  const { configCount } = useModels()
  const config = shallowRef<RunnersConfig | null>(null)
  const problem = ref('')
  /** Null: it can only be changed as text. */
  const entries = computed(() => (config.value ? entriesIn(config.value.text) : []))

  async function load(): Promise<void> {
    try {
      config.value = await fetchConfig()
      problem.value = ''
    } catch (error) {
      problem.value = wordsFor(error)
    }
  }

  /** @throws RequestError `conflict` if it is not as it was read any more, `invalid` if it would not be right. */
  async function write(text: string, expected: string): Promise<void> {
    config.value = await writeConfig({ text, expected })
  }

  /** As `write`, with the newest file. @throws RequestError */
  async function change(changed: (entries: readonly Entry[]) => readonly Entry[]): Promise<void> {
    const { text } = (config.value = await fetchConfig())
    await write(withEntries(text, changed), text)
  }

  watch(configCount, () => void load())
  void load()
  return { config, entries, problem, load, write, change }
})
