import { z } from 'zod'
import { brokeOff, LlmError } from './llm-error.ts'
import { type FinishReason, NOTHING, type ReplyChunk, type ToolPiece, type Usage } from './reply-chunk.ts'

/** Only what we read, and lenient: every server adds and leaves out fields. */
const ToolCall = z.object({
  index: z.number().nullish(),
  id: z.string().nullish(),
  function: z.object({ name: z.string().nullish(), arguments: z.unknown().optional() }).nullish(),
})
/** Mistral's thinking models write their text in parts. */
const Part = z.object({
  type: z.string().nullish(),
  text: z.string().nullish(),
  thinking: z.array(z.object({ text: z.string().nullish() })).nullish(),
})
const Delta = z.object({
  content: z.union([z.string(), z.array(Part)]).nullish(),
  refusal: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  reasoning: z.string().nullish(),
  tool_calls: z.array(ToolCall).nullish(),
})
const Count = z.number().nullish().catch(undefined)
const UsageObject = z.object({
  prompt_tokens: Count,
  completion_tokens: Count,
  prompt_tokens_details: z.object({ cached_tokens: Count }).nullish().catch(undefined),
  completion_tokens_details: z.object({ reasoning_tokens: Count }).nullish().catch(undefined),
  prompt_cache_hit_tokens: Count,
  cost: Count,
})
const Chunk = z.object({
  choices: z.array(z.object({ delta: Delta.nullish(), finish_reason: z.string().nullish() })).nullish(),
  usage: UsageObject.nullish(),
})

/**
 * Reads one event of a chat completion stream.
 * @param label how sentences name the engine.
 * @throws LlmError `engine_failed` if it is not one.
 */
export function readChatChunk(data: unknown, label: string): ReplyChunk {
  const parsed = Chunk.safeParse(data)
  if (!parsed.success) throw notACompletion(label, parsed.error)
  const { choices, usage } = parsed.data
  const choice = choices?.[0]
  const delta = choice?.delta
  return {
    ...NOTHING,
    text: textOf(delta?.content) || (delta?.refusal ?? ''),
    reasoning: (delta?.reasoning_content ?? delta?.reasoning ?? '') + thoughtsIn(delta?.content),
    toolPieces: (delta?.tool_calls ?? []).map(toolPiece),
    finishReason: finishReasonOf(choice?.finish_reason, label),
    usage: usage ? usageOf(usage) : undefined,
  }
}

export function notACompletion(label: string, cause: unknown): LlmError {
  const message = `The ${label} answered something that is not a chat completion`
  return new LlmError({ kind: 'api', code: 'engine_failed', message, cause })
}

/** @throws LlmError `engine_failed` if the server says that it gave up. */
export function finishReasonOf(reason: string | null | undefined, label: string): FinishReason | undefined {
  if (reason === null || reason === undefined || reason === '') return undefined
  if (reason === 'error') throw brokeOff(label)
  if (reason === 'tool_calls' || reason === 'function_call') return 'tool_calls'
  return reason === 'length' || reason === 'content_filter' ? reason : 'stop'
}

/** Reads the `usage` of a chat or text completion; undefined if there is none. */
export function readUsage(data: unknown): Usage | undefined {
  const parsed = UsageObject.safeParse(data)
  return parsed.success ? usageOf(parsed.data) : undefined
}

function usageOf(usage: z.infer<typeof UsageObject>): Usage {
  return {
    promptTokens: usage.prompt_tokens ?? undefined,
    completionTokens: usage.completion_tokens ?? undefined,
    cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? usage.prompt_cache_hit_tokens ?? undefined,
    reasoningTokens: usage.completion_tokens_details?.reasoning_tokens ?? undefined,
    cost: usage.cost ?? undefined,
  }
}

function toolPiece(call: z.infer<typeof ToolCall>): ToolPiece {
  const given = call.function?.arguments
  // A few servers send the arguments whole, as an object.
  const argumentsJson = typeof given === 'string' ? given : JSON.stringify(given ?? undefined)
  return {
    index: call.index ?? undefined,
    id: call.id ?? '',
    name: call.function?.name ?? '',
    argumentsJson: argumentsJson ?? '',
  }
}

type Content = z.infer<typeof Delta>['content']

function textOf(content: Content): string {
  if (typeof content === 'string') return content
  return (content ?? []).map(({ text }) => text ?? '').join('')
}

function thoughtsIn(content: Content): string {
  if (typeof content === 'string' || !content) return ''
  return content.flatMap(({ thinking }) => thinking ?? []).reduce((all, { text }) => all + (text ?? ''), '')
}
