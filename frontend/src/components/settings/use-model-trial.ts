import { onScopeDispose, ref, shallowRef } from 'vue'
import { z } from 'zod'
import { ListedModel, type ModelDraft, ModelTrial } from '#shared/protocol/settings.ts'
import { callApi } from '../../socket/api.ts'
import { wordsFor } from './use-settings.ts'

/** Has a model say a few words. */
export function useModelTrial(draft: () => ModelDraft | null) {
  const trial = shallowRef<ModelTrial | null>(null)
  const problem = ref('')
  const isTrying = ref(false)
  let leaving: AbortController | undefined

  async function tryIt(): Promise<void> {
    stop()
    const body = draft()
    if (!body) return
    const { signal } = (leaving = new AbortController())
    trial.value = null
    problem.value = ''
    isTrying.value = true
    try {
      trial.value = await callApi({
        method: 'POST',
        path: '/api/models/test',
        body,
        signal,
        answer: ModelTrial,
      })
    } catch (error) {
      if (!signal.aborted) problem.value = wordsFor(error)
    }
    if (leaving.signal === signal) isTrying.value = false
  }

  function stop(): void {
    leaving?.abort()
    isTrying.value = false
  }

  onScopeDispose(stop)
  return { trial, problem, isTrying, tryIt, stop }
}

/** Asks a server which models it has. */
export function useModelList(draft: () => ModelDraft | null) {
  const models = shallowRef<readonly ListedModel[]>([])
  const listProblem = ref('')

  async function list(): Promise<void> {
    const body = draft()
    models.value = []
    listProblem.value = ''
    if (!body) return
    try {
      const answer = z.array(ListedModel)
      models.value = await callApi({ method: 'POST', path: '/api/models/list', body, answer })
    } catch (error) {
      listProblem.value = wordsFor(error)
    }
  }

  return { models, listProblem, list }
}
