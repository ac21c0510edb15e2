import { z } from 'zod'

/** Requests as OpenAI and llama-server know them: what is used of them. */

const Text = z.object({ type: z.literal('text'), text: z.string() })
const Content = z
  .union([z.string(), z.null(), z.array(z.union([Text, z.looseObject({ type: z.string() })]))])
  .optional()
  .transform((content) => {
    if (!Array.isArray(content)) return content ?? ''
    return content.map((part) => ('text' in part && typeof part.text === 'string' ? part.text : '')).join('')
  })

const ToolCall = z.object({
  id: z.string().default(''),
  function: z.object({ name: z.string(), arguments: z.string().default('{}') }),
})

const Message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  name: z.string().nullish(),
  content: Content,
  tool_calls: z.array(ToolCall).nullish(),
  tool_call_id: z.string().nullish(),
})
export type Message = z.infer<typeof Message>

const Tool = z.object({
  type: z.literal('function'),
  function: z.object({
    name: z.string().min(1),
    description: z.string().nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
  }),
})
export type Tool = z.infer<typeof Tool>

const Stops = z
  .union([z.string(), z.array(z.string()), z.null()])
  .optional()
  .transform((stop) => (typeof stop === 'string' ? [stop] : (stop ?? [])).filter((text) => text !== ''))

const Sampling = z.object({
  model: z.string().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  temperature: z.number().min(0).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.number().int().nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  repeat_penalty: z.number().min(0).nullish(),
  repetition_penalty: z.number().min(0).nullish(),
  frequency_penalty: z.number().nullish(),
  presence_penalty: z.number().nullish(),
  repeat_last_n: z.number().int().nullish(),
  seed: z.number().int().nullish(),
  max_tokens: z.number().int().nullish(),
  max_completion_tokens: z.number().int().nullish(),
  n_predict: z.number().int().nullish(),
  stop: Stops,
})
export type Sampling = z.infer<typeof Sampling>

const ResponseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object'), schema: z.record(z.string(), z.unknown()).nullish() }),
  z.object({
    type: z.literal('json_schema'),
    json_schema: z.object({ schema: z.record(z.string(), z.unknown()) }),
  }),
])
export type ResponseFormat = z.infer<typeof ResponseFormat>

export const ChatRequest = Sampling.extend({
  messages: z.array(Message),
  tools: z.array(Tool).nullish(),
  tool_choice: z.unknown().optional(),
  response_format: ResponseFormat.nullish(),
  reasoning_effort: z.string().nullish(),
  chat_template_kwargs: z.looseObject({ enable_thinking: z.boolean().optional() }).nullish(),
})
export type ChatRequest = z.infer<typeof ChatRequest>

export const CompletionRequest = Sampling.extend({
  prompt: z
    .union([z.string(), z.array(z.string()).length(1)])
    .transform((prompt) => (typeof prompt === 'string' ? prompt : (prompt[0] ?? ''))),
})
export type CompletionRequest = z.infer<typeof CompletionRequest>

export const TokenizeRequest = z.object({ content: z.string() })

/** Texts only: tokens of another model would mean something else. */
export const EmbeddingRequest = z.object({
  input: z.union([z.string().transform((text) => [text]), z.array(z.string()).min(1).max(2_048)]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
})
export type EmbeddingRequest = z.infer<typeof EmbeddingRequest>
