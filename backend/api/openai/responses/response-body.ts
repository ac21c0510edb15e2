import { z } from 'zod'
import { Content } from '../content.ts'
import { Effort, Fraction, JsonSchemaFormat, Model, samplingFields, Schema } from '../fields.ts'
import { FunctionSpec } from '../tools.ts'

const Id = z.string().max(500)

const MessageItem = z.object({
  type: z.literal('message').nullish(),
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content: Content.nullish(),
})
const CallItem = z.object({
  type: z.literal('function_call'),
  call_id: Id,
  name: z.string().max(200),
  arguments: z.string().max(2_000_000),
})
const ResultItem = z.object({ type: z.literal('function_call_output'), call_id: Id, output: Content })
const ReferenceItem = z.object({ type: z.literal('item_reference').nullish(), id: Id })
/** What models think is not told to them again. */
const ThoughtItem = z.object({ type: z.literal('reasoning') })

const InputItem = z.union([MessageItem, CallItem, ResultItem, ThoughtItem, ReferenceItem], {
  error: 'expected a message, function_call, function_call_output, reasoning or item_reference',
})
export type InputItem = z.infer<typeof InputItem>

const FunctionTool = FunctionSpec.extend({ type: z.literal('function') })
/** What OpenAI's own servers do is not done here: the model simply does not have it. */
const OtherTool = z.object({ type: z.string() }).transform(() => undefined)

const ToolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.object({ type: z.literal('function'), name: z.string().max(200) }),
  z
    .object({ type: z.literal('allowed_tools'), mode: z.enum(['auto', 'required']) })
    .transform(({ mode }) => mode),
  z.object({ type: z.string() }).transform(() => 'auto' as const),
])

const TextFormat = z.union([
  z.object({ type: z.enum(['text', 'json_object']) }),
  JsonSchemaFormat.extend({ type: z.literal('json_schema'), schema: Schema }),
])

/** `POST /v1/responses`. What is not named here is ignored. */
export const ResponseBody = z.object({
  ...samplingFields,
  model: Model,
  input: z.union([z.string().max(2_000_000), z.array(InputItem).max(20_000)], {
    error: (issue) => (issue.input === undefined ? 'say what is asked' : undefined),
  }),
  instructions: z.string().max(2_000_000).nullish(),
  previous_response_id: Id.nullish(),
  stream: z.boolean().nullish(),
  store: z.boolean().nullish(),
  max_output_tokens: z.number().int().min(1).max(1_000_000).nullish(),
  top_p: Fraction,
  tools: z
    .array(z.union([FunctionTool, OtherTool]))
    .max(512)
    .nullish(),
  tool_choice: ToolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  text: z
    .object({ format: TextFormat.nullish(), verbosity: z.enum(['low', 'medium', 'high']).nullish() })
    .nullish(),
  reasoning: z.object({ effort: Effort }).nullish(),
  metadata: z.record(z.string().max(64), z.string().max(512)).nullish(),
  truncation: z.enum(['auto', 'disabled']).nullish(),
  user: z.string().max(500).nullish(),
  background: z.boolean().nullish(),
  conversation: z.unknown().optional(),
  prompt: z.unknown().optional(),
})
export type ResponseBody = z.infer<typeof ResponseBody>

export type FunctionTool = z.infer<typeof FunctionTool>

export function functionsOf({ tools }: ResponseBody): FunctionTool[] {
  return (tools ?? []).flatMap((tool) => tool ?? [])
}
