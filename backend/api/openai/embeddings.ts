import { type FastifyInstance } from 'fastify'
import { z } from 'zod'
import { untilGone } from '../client-gone.ts'
import { type DoorDeps } from '../core/door-deps.ts'
import { estimatedTokenCount } from '../core/meter.ts'
import { Model } from './fields.ts'
import { readBody } from './read-body.ts'

const Text = z.string().min(1, 'nothing to embed').max(2_000_000)
const Tokens = z.array(z.number().int().min(0)).min(1, 'nothing to embed').max(200_000)
const MAX_INPUTS = 2_048

/** `POST /embeddings` */
const EmbeddingsBody = z.object({
  model: Model,
  input: z.union(
    [
      Text,
      z.array(Text).min(1, 'nothing to embed').max(MAX_INPUTS),
      Tokens,
      z.array(Tokens).min(1, 'nothing to embed').max(MAX_INPUTS),
    ],
    { error: 'expected a text, or an array of texts or tokens, none of them empty' },
  ),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.number().int().min(1).max(100_000).nullish(),
})
type Input = z.infer<typeof EmbeddingsBody>['input']

/** What texts mean, where a model here can say. */
export function registerEmbeddings(app: FastifyInstance, { embed }: Pick<DoorDeps, 'embed'>): void {
  app.post('/embeddings', async (request, reply) => {
    const body = readBody(EmbeddingsBody, request.body)
    const inputs = inputsOf(body.input)
    const { model, dimensions } = body
    const asked = { model, inputs, ...(dimensions ? { dimensions } : {}) }
    const { vectors, promptTokens = tokensOf(inputs) } = await embed(asked, untilGone(reply))
    const encode = body.encoding_format === 'base64' ? base64Of : (vector: readonly number[]) => vector
    return {
      object: 'list',
      data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: encode(vector) })),
      model,
      usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
    }
  })
}

type OneInput = string | readonly number[]

/** An array of numbers is one text, written as its tokens. */
function inputsOf(input: Input): readonly OneInput[] {
  if (typeof input === 'string') return [input]
  return isTokens(input) ? [input] : input
}

function isTokens(input: Exclude<Input, string>): input is number[] {
  return typeof input[0] === 'number'
}

function tokensOf(inputs: readonly OneInput[]): number {
  return inputs.reduce<number>(
    (sum, input) => sum + (typeof input === 'string' ? estimatedTokenCount(input) : input.length),
    0,
  )
}

/** 32-bit floats, little-endian: half as long as their digits. */
function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * Float32Array.BYTES_PER_ELEMENT)
  for (const [index, value] of vector.entries()) {
    bytes.writeFloatLE(value, index * Float32Array.BYTES_PER_ELEMENT)
  }
  return bytes.toString('base64')
}
