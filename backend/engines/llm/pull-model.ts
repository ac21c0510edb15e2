import { z } from 'zod'
import { type PullProgress } from '../contracts.ts'
import { brokeOff } from './llm-error.ts'
import { type ModelServer } from './model-server.ts'
import { throwIfError } from './ollama-client.ts'

const Line = z.object({
  status: z.string().nullish(),
  total: z.number().nullish(),
  completed: z.number().nullish(),
})

export interface Pull {
  readonly name: string
  readonly onProgress: (progress: PullProgress) => void
  readonly signal: AbortSignal
}

/**
 * Has Ollama fetch a model.
 * @throws what `toLlmError` maps, if there is no such model or the fetching breaks off.
 */
export async function pullFromOllama(server: ModelServer, pull: Pull): Promise<void> {
  const { name, onProgress, signal } = pull
  const body = { model: name, name, stream: true }
  const lines = await server.postForLines(server.native('/api/pull'), body, signal)
  for await (const data of lines) {
    throwIfError(data)
    const { status, total, completed } = Line.catch({}).parse(data)
    if (status === 'success') return
    onProgress({
      status: status ?? '',
      ...(total ? { totalBytes: total, completedBytes: completed ?? 0 } : {}),
    })
  }
  signal.throwIfAborted()
  throw brokeOff(server.label)
}
