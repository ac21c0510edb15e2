import { ref, shallowRef, watch } from 'vue'
import { callApi } from '../../socket/api.ts'
import { t } from '../../i18n/index.ts'
import { RequestError } from '../../socket/request-error.ts'
import { PromptTrace } from './prompt-trace.ts'

interface Asked {
  readonly conversationId: string
  readonly characterId: string
}

/** What would be sent if this character spoke next; asked for again whenever another one is looked at. */
export function usePromptTrace(asked: () => Asked | null) {
  const trace = shallowRef<PromptTrace | null>(null)
  const problem = ref('')
  const isLoading = ref(false)

  async function load(wanted: Asked, signal: AbortSignal): Promise<void> {
    const { conversationId, characterId } = wanted
    const query = new URLSearchParams({ character: characterId })
    const path = `/api/conversations/${encodeURIComponent(conversationId)}/prompt?${query.toString()}`
    problem.value = ''
    isLoading.value = true
    try {
      trace.value = await callApi({ path, signal, answer: PromptTrace })
    } catch (error) {
      if (signal.aborted) return
      trace.value = null
      problem.value = error instanceof RequestError ? error.message : t('backstage.prompt.failed')
    }
    isLoading.value = false
  }

  watch(
    () => JSON.stringify(asked()),
    (_now, _before, onCleanup) => {
      const wanted = asked()
      trace.value = null
      if (!wanted) return
      const leaving = new AbortController()
      onCleanup(() => leaving.abort())
      void load(wanted, leaving.signal)
    },
    { immediate: true },
  )

  return { trace, problem, isLoading }
}
