import { type HostEvent, type HostUsage } from './host-events.ts'
import { type Embedding } from './model-host.ts'

/** Answers as OpenAI and llama-server write them. Pure. */

export interface WireContext {
  readonly id: string
  readonly model: string
  /** Seconds. */
  readonly created: number
}

type Json = Record<string, unknown>

/** One event of a streamed chat. @param calls how many tool calls came before. */
export function chatChunk(event: HostEvent, context: WireContext, calls: number): Json {
  const reason = event.type === 'finish' ? event.reason : null
  return {
    ...context,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: deltaOf(event, calls), finish_reason: reason }],
  }
}

function deltaOf(event: HostEvent, calls: number): Json {
  if (event.type === 'text') return { content: event.text }
  if (event.type === 'reasoning') return { reasoning_content: event.text }
  if (event.type === 'tool_call') return { tool_calls: [{ index: calls, ...toolCall(event, calls) }] }
  return {}
}

export function chatAnswer(events: readonly HostEvent[], context: WireContext): Json {
  const calls = events.filter((event) => event.type === 'tool_call')
  const reasoning = textOf(events, 'reasoning')
  const { reason, usage } = endOf(events)
  const message = {
    role: 'assistant',
    content: textOf(events, 'text'),
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(toolCall) }),
  }
  const choice = { index: 0, message, logprobs: null, finish_reason: reason }
  return { ...context, object: 'chat.completion', choices: [choice], usage: usage && wireUsage(usage) }
}

export function textChunk(event: HostEvent, context: WireContext): Json {
  const text = event.type === 'text' ? event.text : ''
  return textCompletion(text, event.type === 'finish' ? event.reason : null, context)
}

export function textAnswer(events: readonly HostEvent[], context: WireContext): Json {
  const { reason, usage } = endOf(events)
  const answer = textCompletion(textOf(events, 'text'), reason, context)
  return { ...answer, usage: usage && wireUsage(usage) }
}

/** The last event of a stream, for those who ask for it. */
export function usageChunk(usage: HostUsage, object: string, context: WireContext): Json {
  return { ...context, object, choices: [], usage: wireUsage(usage) }
}

/** @param isBase64 as many clients want it: numbers of 32 bits, little-endian. */
export function embeddingAnswer(
  { vectors, promptTokens }: Embedding,
  model: string,
  isBase64: boolean,
): Json {
  return {
    object: 'list',
    model,
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: isBase64 ? base64Of(vector) : vector,
    })),
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
  }
}

function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4)
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4)
  return bytes.toString('base64')
}

function textCompletion(text: string, reason: string | null, context: WireContext): Json {
  const choice = { text, index: 0, logprobs: null, finish_reason: reason }
  return { ...context, object: 'text_completion', choices: [choice] }
}

function toolCall({ name, argumentsJson }: Extract<HostEvent, { type: 'tool_call' }>, index: number): Json {
  // Of one reply, so that is enough to tell them apart; and of none before.
  return { id: `call_${index}_${name}`, type: 'function', function: { name, arguments: argumentsJson } }
}

function wireUsage(usage: HostUsage): Json {
  const { promptTokens, completionTokens, cachedTokens, reasoningTokens } = usage
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  }
}

function textOf(events: readonly HostEvent[], type: 'text' | 'reasoning'): string {
  return events.map((event) => (event.type === type ? event.text : '')).join('')
}

function endOf(events: readonly HostEvent[]): { reason: string | null; usage: HostUsage | undefined } {
  const end = events.find((event) => event.type === 'finish')
  return { reason: end?.reason ?? null, usage: end?.usage }
}
