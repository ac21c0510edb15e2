import { type FastifyReply, type FastifyRequest } from 'fastify'
import { sendEvents } from '../event-stream.ts'
import { type DoorMessage, type GenerateEvent, type Part, type Talkable } from '../core/contract.ts'
import { untilGone } from '../client-gone.ts'
import { type ChatEvent, ChatEvents, type ChatResult, statsOf } from './chat-events.ts'
import { find } from './find.ts'
import { type LmStudioDoor } from './lmstudio-deps.ts'
import { ChatBody, read, settingsOf } from './requests.ts'
import { LmStudioError, wireError } from './wire-error.ts'

interface Turn {
  readonly talkable: Talkable
  readonly body: ChatBody
  /** The conversation with what is said now, without the system prompt. */
  readonly messages: readonly DoorMessage[]
  readonly signal: AbortSignal
}

/** `POST /api/v1/chat`: one turn of a conversation that the server remembers. */
export async function chat(door: LmStudioDoor, request: FastifyRequest, reply: FastifyReply) {
  const body = read(ChatBody, request.body)
  const signal = untilGone(reply)
  const talkable = await find(door.directory, body.model, signal)
  refuse(body, talkable)
  const messages = [...earlier(door, body), { role: 'user' as const, parts: partsOf(body.input) }]
  const turn = { talkable, body, messages, signal }
  if (!body.stream) return wholeTurn(door, turn)
  return sendEvents(reply, { clock: door.clock, frames: asFrames(turnEvents(door, turn)), failed })
}

function refuse({ integrations, reasoning, model }: ChatBody, { kind, canThink }: Talkable): void {
  if (kind === 'embedding')
    throw new LmStudioError('invalid_request', `"${model}" makes embeddings only`, 'model')
  if (integrations?.length) {
    throw new LmStudioError('not_implemented', 'Troupe has no integrations for programs', 'integrations')
  }
  if (reasoning && reasoning !== 'off' && !canThink) {
    throw new LmStudioError('invalid_request', `"${model}" does not support reasoning`, 'reasoning')
  }
}

function earlier(
  { responses }: LmStudioDoor,
  { previous_response_id: id }: ChatBody,
): readonly DoorMessage[] {
  if (!id) return []
  const messages = responses.find(id)
  if (messages) return messages
  throw new LmStudioError(
    'invalid_request',
    `There is no response "${id.slice(0, 100)}", or it is forgotten; send the conversation anew`,
    'previous_response_id',
  )
}

function partsOf(input: ChatBody['input']): Part[] {
  if (typeof input === 'string') return [{ type: 'text', text: input }]
  return input.map((item) =>
    item.type === 'image' ? { type: 'image', url: item.data_url } : { type: 'text', text: item.content },
  )
}

async function* asked({ generate, residence }: LmStudioDoor, turn: Turn): AsyncGenerator<GenerateEvent> {
  const { talkable, body, messages, signal } = turn
  const system: DoorMessage[] = body.system_prompt
    ? [{ role: 'system', parts: [{ type: 'text', text: body.system_prompt }] }]
    : []
  const request = {
    model: talkable.id,
    messages: [...system, ...messages],
    settings: settingsOf(body),
    stops: [],
    tools: [],
  }
  try {
    yield* generate(request, signal)
  } finally {
    residence.use(talkable, body.ttl ? body.ttl * 1_000 : undefined)
  }
}

async function wholeTurn(door: LmStudioDoor, turn: Turn): Promise<object> {
  const events = new ChatEvents(() => door.clock.nowMs())
  for await (const event of asked(door, turn)) events.take(event)
  return resultOf(door, turn, events.result)
}

async function* turnEvents(door: LmStudioDoor, turn: Turn): AsyncGenerator<ChatEvent> {
  const events = new ChatEvents(() => door.clock.nowMs())
  yield { type: 'chat.start', model_instance_id: turn.talkable.id }
  if (door.residence.isLoaded(turn.talkable)) yield* events.reading()
  try {
    for await (const event of asked(door, turn)) yield* events.take(event)
  } catch (thrown) {
    yield* events.end()
    yield { type: 'error', error: wireError(thrown).error }
  }
  yield { type: 'chat.end', result: resultOf(door, turn, events.result) }
}

function resultOf(
  { responses }: LmStudioDoor,
  { talkable, body, messages }: Turn,
  { output, usage }: ChatResult,
) {
  const said = output.flatMap((item) =>
    'content' in item && 'type' in item && item.type === 'message' ? [String(item.content)] : [],
  )
  const answer: DoorMessage = { role: 'assistant', parts: [{ type: 'text', text: said.join('') }] }
  const isKept = body.store !== false && usage !== undefined
  return {
    model_instance_id: talkable.id,
    output,
    stats: statsOf(usage),
    ...(isKept ? { response_id: responses.keep([...messages, answer]) } : {}),
  }
}

async function* asFrames(events: AsyncIterable<ChatEvent>): AsyncGenerator<string> {
  for await (const event of events) yield frame(event)
}

function failed(thrown: unknown): string {
  return frame({ type: 'error', error: wireError(thrown).error })
}

/** A server-sent event with a name. */
function frame(event: ChatEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}
