import { type FastifyReply, type FastifyRequest } from 'fastify'
import { AppError } from '../../errors.ts'
import { type Talkable } from '../core/contract.ts'
import { untilGone } from '../client-gone.ts'
import { keepAliveMs } from './duration.ts'
import { find } from './find.ts'
import { type OllamaDoor } from './ollama-deps.ts'
import { present } from './options.ts'
import { nanoseconds } from './reply-lines.ts'
import { EmbedBody, EmbeddingsBody, nameIn, read } from './requests.ts'

/** `POST /api/embed` */
export async function embed(door: OllamaDoor, request: FastifyRequest, reply: FastifyReply) {
  const body = read(EmbedBody, request.body)
  const name = nameIn(body)
  const inputs = inputsOf(body.input)
  const keepMs = keepAliveMs(body.keep_alive)
  const signal = untilGone(reply)
  const startedMs = door.clock.nowMs()
  const talkable = await find(door.directory, name, signal)
  refuseCharacter(talkable, name)
  const loadMs = await door.residence.load(talkable, signal)
  const { vectors, promptTokens } =
    inputs.length === 0 ? { vectors: [] } : await askFor(door, { talkable, inputs, body }, signal)
  door.residence.use(talkable, keepMs)
  return {
    model: name,
    embeddings: vectors.map(normalised),
    total_duration: nanoseconds(door.clock.nowMs() - startedMs),
    load_duration: nanoseconds(loadMs),
    prompt_eval_count: promptTokens ?? 0,
  }
}

/** `POST /api/embeddings`, as it was before: one text, and the vector as the model made it. */
export async function embeddings(door: OllamaDoor, request: FastifyRequest, reply: FastifyReply) {
  const body = read(EmbeddingsBody, request.body)
  const name = nameIn(body)
  const keepMs = keepAliveMs(body.keep_alive)
  const signal = untilGone(reply)
  const talkable = await find(door.directory, name, signal)
  refuseCharacter(talkable, name)
  const inputs = body.prompt ? [body.prompt] : []
  const { vectors } =
    inputs.length === 0 ? { vectors: [] } : await askFor(door, { talkable, inputs, body: {} }, signal)
  door.residence.use(talkable, keepMs)
  return { embedding: vectors[0] ?? [] }
}

interface Asked {
  readonly talkable: Talkable
  readonly inputs: readonly string[]
  readonly body: { readonly dimensions?: number | null | undefined }
}

function askFor(door: OllamaDoor, { talkable, inputs, body }: Asked, signal: AbortSignal) {
  const dimensions = present({ dimensions: body.dimensions ?? undefined })
  return door.embed({ model: talkable.id, inputs, ...dimensions }, signal)
}

function inputsOf(input: unknown): readonly string[] {
  if (input === undefined || input === null || input === '') return []
  if (typeof input === 'string') return [input]
  if (Array.isArray(input) && input.every((text) => typeof text === 'string')) return input
  throw new AppError('bad_message', 'invalid input type')
}

function refuseCharacter({ kind }: Talkable, name: string): void {
  if (kind === 'character') throw new AppError('bad_message', `"${name}" does not support embeddings`)
}

/** Of length 1. */
function normalised(vector: readonly number[]): readonly number[] {
  const length = Math.hypot(...vector)
  return length === 0 ? vector : vector.map((value) => value / length)
}
