import { defineStore } from 'pinia'
import { computed } from 'vue'
import { type ImportResult, type OnDuplicate } from '#shared/entities/import.ts'
import { ImportQueue, type ImportState } from '../components/library/import-queue.ts'
import { resultsIn } from '../components/library/import-result.ts'
import { t } from '../i18n/index.ts'
import { fetchApi } from '../socket/api.ts'
import { RequestError } from '../socket/request-error.ts'

/** The cards that are being brought in; it goes on while one looks at something else. */
export const useCardImports = defineStore('card-imports', () => {
  const queue = new ImportQueue(send, (error) =>
    error instanceof RequestError ? error.message : t('library.import.broken'),
  )
  const countOf = (...states: readonly ImportState[]): number =>
    queue.items.value.filter(({ state }) => states.includes(state)).length

  return {
    items: queue.items,
    total: computed(() => queue.items.value.length),
    /** Those about whom nothing more is to be done. */
    settled: computed(() => countOf('done', 'duplicate', 'skipped', 'failed', 'stopped')),
    done: computed(() => countOf('done')),
    failed: computed(() => countOf('failed', 'stopped')),
    duplicates: computed(() => queue.items.value.filter(({ state }) => state === 'duplicate')),
    isRunning: computed(() => countOf('waiting', 'sending') > 0),
    add: (files: Iterable<File>): void => queue.add(files),
    stop: (): void => queue.stop(),
    retry: (): void => queue.retry(),
    clear: (): void => queue.clear(),
    decide: (key: number, onDuplicate: OnDuplicate, forAll: boolean): void =>
      queue.decide(key, onDuplicate, forAll),
  }
})

async function* send(
  file: File,
  { onDuplicate, signal }: { onDuplicate: OnDuplicate; signal: AbortSignal },
): AsyncGenerator<ImportResult> {
  const form = new FormData()
  form.append('file', file, file.name)
  const response = await fetchApi({
    method: 'POST',
    path: `/api/characters/import?on_duplicate=${onDuplicate}`,
    form,
    accept: 'application/x-ndjson',
    signal,
  })
  yield* resultsIn(response)
}
