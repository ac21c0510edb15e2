import { type Usage } from '../../core/contract.ts'
import { functionsOf, type FunctionTool, type ResponseBody } from './response-body.ts'

export interface ResponseHead {
  readonly id: string
  readonly createdAt: number
  readonly body: ResponseBody
}

/** How far it is, and what came of it. */
export interface ResponseState {
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed'
  readonly output: readonly object[]
  readonly completedAt?: number
  readonly usage?: Usage | undefined
  readonly error?: { readonly code: string; readonly message: string }
  readonly incompleteReason?: 'max_output_tokens' | 'content_filter'
}

/** The whole object, with all that was asked for: strict clients miss every field that is not there. */
export function responseObject({ id, createdAt, body }: ResponseHead, state: ResponseState): object {
  const { status, output, completedAt, usage, error, incompleteReason } = state
  return {
    id,
    object: 'response',
    created_at: createdAt,
    completed_at: completedAt ?? null,
    status,
    background: false,
    error: error ?? null,
    incomplete_details: incompleteReason ? { reason: incompleteReason } : null,
    ...askedFor(body),
    output,
    usage: usage ? responseUsage(usage) : null,
  }
}

function askedFor(body: ResponseBody) {
  const { model, instructions, previous_response_id, metadata, user, reasoning, text } = body
  return {
    model,
    instructions: instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: null,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: previous_response_id ?? null,
    prompt_cache_key: null,
    reasoning: { effort: reasoning?.effort ?? null, summary: null },
    safety_identifier: null,
    service_tier: 'default',
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: { format: textFormat(body), verbosity: text?.verbosity ?? 'medium' },
    tool_choice: toolChoice(body),
    tools: functionsOf(body).map(wireTool),
    top_logprobs: 0,
    top_p: body.top_p ?? 1,
    presence_penalty: body.presence_penalty ?? 0,
    frequency_penalty: body.frequency_penalty ?? 0,
    truncation: body.truncation ?? 'disabled',
    user: user ?? null,
    metadata: metadata ?? {},
  }
}

function textFormat({ text }: ResponseBody): object {
  const format = text?.format
  if (format?.type !== 'json_schema') return { type: format?.type ?? 'text' }
  const { type, name, schema, strict, description } = format
  return { type, name, schema, strict: strict ?? false, ...(description ? { description } : {}) }
}

function toolChoice({ tool_choice: choice }: ResponseBody): unknown {
  return choice ?? 'auto'
}

function wireTool({ name, description, parameters, strict }: FunctionTool): object {
  const told = { description: description ?? null, parameters: parameters ?? null, strict: strict ?? false }
  return { type: 'function', name, ...told }
}

function responseUsage({ promptTokens, cachedTokens, completionTokens, reasoningTokens }: Usage): object {
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: cachedTokens, cache_write_tokens: 0 },
    output_tokens: completionTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: promptTokens + completionTokens,
  }
}
