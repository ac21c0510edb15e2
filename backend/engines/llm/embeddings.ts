import { z } from 'zod'
import { type Embedded, type EmbedRequest } from '../contracts.ts'
import { LlmError } from './llm-error.ts'
import { type ModelServer } from './model-server.ts'

const Answer = z.object({
  data: z.array(z.object({ index: z.number().int().optional(), embedding: z.array(z.number()) })),
  usage: z.object({ prompt_tokens: z.number().nullish() }).nullish(),
})

/** Asks `POST /embeddings`. @throws what `toLlmError` maps. */
export async function embedAt(
  server: Pick<ModelServer, 'label' | 'post'>,
  { inputs, dimensions, model }: EmbedRequest & { model: string },
  signal: AbortSignal,
): Promise<Embedded> {
  const body = { model, input: inputs, encoding_format: 'float', dimensions }
  const answer = Answer.safeParse(await server.post('/embeddings', body, signal))
  const vectors = answer.data?.data
    .toSorted((one, other) => (one.index ?? 0) - (other.index ?? 0))
    .map(({ embedding }) => embedding)
  if (vectors?.length !== inputs.length) throw notEmbedded(server.label, model)
  return { vectors, promptTokens: answer.data?.usage?.prompt_tokens ?? undefined }
}

function notEmbedded(label: string, model: string): LlmError {
  const message = `The ${label} did not answer with a vector for each text: is "${model}" a model for embeddings?`
  return new LlmError({ kind: 'api', code: 'engine_failed', message, isRetryable: false })
}
