import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { z } from 'zod'
import { CardReport, Conversation } from '#shared/entities.ts'
import { ErrorCode } from '#shared/errors.ts'
import { fetchApi } from '../socket/api.ts'
import { RequestError } from '../socket/request-error.ts'

const Imported = z.object({
  file: z.string(),
  ok: z.boolean(),
  conversation: Conversation.optional(),
  report: CardReport.optional(),
  duplicate_of: z.string().optional(),
  error: z.string().optional(),
  code: ErrorCode.optional().catch(undefined),
})
/** What became of a chat that was brought along. */
export type ImportedChat = z.infer<typeof Imported>

/** Chats that are being imported: one file after the other, so that it can be stopped between two. */
export const useChatImports = defineStore('chat-imports', () => {
  const results = shallowRef<readonly ImportedChat[]>([])
  const total = shallowRef(0)
  const settled = shallowRef(0)
  let stopper = new AbortController()

  async function run(files: readonly File[]): Promise<void> {
    stopper.abort()
    stopper = new AbortController()
    const { signal } = stopper
    results.value = []
    settled.value = 0
    total.value = files.length
    for (const file of files) {
      const imported = await importOne(file, signal)
      if (signal.aborted) break
      results.value = [...results.value, ...imported]
      settled.value += 1
    }
    if (stopper.signal === signal) total.value = settled.value
  }

  return {
    results,
    total,
    settled,
    isRunning: computed(() => settled.value < total.value),
    run,
    stop: (): void => stopper.abort(),
    clear(): void {
      stopper.abort()
      results.value = []
      total.value = 0
      settled.value = 0
    },
  }
})

/** Never rejects: what went wrong is told of the file. */
async function importOne(file: File, signal: AbortSignal): Promise<readonly ImportedChat[]> {
  const form = new FormData()
  form.append('file', file, file.name)
  try {
    const response = await fetchApi({ method: 'POST', path: '/api/conversations/import', form, signal })
    return z.array(Imported).parse(await response.json())
  } catch (error) {
    const words = error instanceof RequestError ? { error: error.message } : {}
    return [{ file: file.name, ok: false, ...words }]
  }
}
