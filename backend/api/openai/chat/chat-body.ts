import { z } from 'zod'
import { Content } from '../content.ts'
import { Effort, JsonSchemaFormat, Model, samplingFields, Stops } from '../fields.ts'
import { FunctionSpec } from '../tools.ts'

const Call = z.object({
  id: z.string().max(500),
  type: z.literal('function').nullish(),
  function: z.object({ name: z.string().max(200), arguments: z.string().max(2_000_000) }),
})

const Message = z.object({
  role: z.enum(['developer', 'system', 'user', 'assistant', 'tool', 'function'], {
    error: 'expected developer, system, user, assistant or tool',
  }),
  name: z.string().max(200).nullish(),
  content: Content.nullish(),
  refusal: z.string().nullish(),
  tool_calls: z.array(Call).max(500).nullish(),
  tool_call_id: z.string().max(500).nullish(),
})

const Tool = z.object({
  type: z.literal('function', { error: 'only functions can be called' }),
  function: FunctionSpec,
})
const ToolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.object({ type: z.literal('function'), function: z.object({ name: z.string().max(200) }) }),
])
const ResponseFormat = z.union([
  z.object({ type: z.enum(['text', 'json_object']) }),
  z.object({ type: z.literal('json_schema'), json_schema: JsonSchemaFormat }),
])

const MaxTokens = z.number().int().min(1).max(1_000_000).nullish()

/** `POST /v1/chat/completions`. What is not named here is ignored. */
export const ChatBody = z.object({
  ...samplingFields,
  model: Model,
  messages: z.array(Message).min(1, 'at least one message').max(20_000),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  max_completion_tokens: MaxTokens,
  max_tokens: MaxTokens,
  stop: Stops,
  n: z.number().int().min(1).nullish(),
  tools: z.array(Tool).max(512).nullish(),
  tool_choice: ToolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: ResponseFormat.nullish(),
  reasoning_effort: Effort,
  logit_bias: z.record(z.string(), z.number()).nullish(),
  modalities: z.array(z.string()).nullish(),
  user: z.string().nullish(),
  verbosity: z.enum(['low', 'medium', 'high']).nullish(),
})
export type ChatBody = z.infer<typeof ChatBody>
