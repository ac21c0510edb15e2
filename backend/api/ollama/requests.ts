import { z } from 'zod'
import { AppError } from '../../errors.ts'

/** What programs send. Fields that Troupe has no use for are let through; `null` counts as absent, as Go has it. */

const KeepAlive = z.union([z.number(), z.string()]).nullish()
const Think = z.union([z.boolean(), z.string()]).nullish()
const Options = z.record(z.string(), z.unknown()).nullish()
const Format = z.union([z.string(), z.record(z.string(), z.unknown())]).nullish()
const Images = z.array(z.string()).nullish()

const ToolCall = z.object({
  id: z.string().nullish(),
  function: z.object({
    name: z.string().min(1),
    arguments: z.union([z.record(z.string(), z.unknown()), z.string()]).nullish(),
  }),
})

export const OllamaMessage = z.object({
  role: z
    .string()
    .transform((role) => role.toLowerCase())
    .transform((role) => (role === 'developer' ? 'system' : role))
    .pipe(z.enum(['system', 'user', 'assistant', 'tool'])),
  content: z.string().nullish(),
  thinking: z.string().nullish(),
  images: Images,
  tool_calls: z.array(ToolCall).nullish(),
  tool_name: z.string().nullish(),
  tool_call_id: z.string().nullish(),
})
export type OllamaMessage = z.infer<typeof OllamaMessage>

const Tool = z.object({
  type: z.string().nullish(),
  function: z.object({
    name: z.string().min(1),
    description: z.string().nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
  }),
})
export type OllamaTool = z.infer<typeof Tool>

/** Newer programs say `model`, older ones `name`. */
const named = { model: z.string().nullish(), name: z.string().nullish() }
const asked = {
  ...named,
  stream: z.boolean().nullish(),
  format: Format,
  options: Options,
  keep_alive: KeepAlive,
  think: Think,
  top_logprobs: z.number().int().min(0).max(20).nullish(),
}

export const ChatRequest = z.object({
  ...asked,
  messages: z.array(OllamaMessage).nullish(),
  tools: z.array(Tool).nullish(),
})
export type ChatRequest = z.infer<typeof ChatRequest>

export const GenerateBody = z.object({
  ...asked,
  prompt: z.string().nullish(),
  suffix: z.string().nullish(),
  system: z.string().nullish(),
  context: z.array(z.number()).nullish(),
  raw: z.boolean().nullish(),
  images: Images,
})
export type GenerateBody = z.infer<typeof GenerateBody>

export const ShowRequest = z.object({ ...named, system: z.string().nullish(), options: Options })

export const EmbedBody = z.object({
  ...named,
  input: z.unknown(),
  dimensions: z.number().int().min(1).nullish(),
  keep_alive: KeepAlive,
  options: Options,
})
export const EmbeddingsBody = z.object({ ...named, prompt: z.string().nullish(), keep_alive: KeepAlive })

export const PullRequest = z.object({ ...named, stream: z.boolean().nullish() })
export const NamedRequest = z.object(named)
export const CopyRequest = z.object({ source: z.string().min(1), destination: z.string().trim().min(1) })

export const CreateRequest = z.object({
  ...named,
  stream: z.boolean().nullish(),
  from: z.string().nullish(),
  system: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  messages: z.array(OllamaMessage).nullish(),
  files: z.record(z.string(), z.unknown()).nullish(),
  adapters: z.record(z.string(), z.unknown()).nullish(),
  quantize: z.string().nullish(),
})
export type CreateRequest = z.infer<typeof CreateRequest>

/** @throws AppError `bad_message` that says which field is wrong. */
export function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  if (body === undefined || body === null) throw new AppError('bad_message', 'missing request body')
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.join('.') ?? ''
  const fault = issue?.message ?? 'it cannot be read'
  throw new AppError('bad_message', where === '' ? `invalid request: ${fault}` : `invalid ${where}: ${fault}`)
}

/** The model that is meant. @throws AppError `bad_message` if none is named. */
export function nameIn({
  model,
  name,
}: {
  model?: string | null | undefined
  name?: string | null | undefined
}): string {
  const given = (model ?? '').trim() || (name ?? '').trim()
  if (given === '') throw new AppError('bad_message', 'model is required')
  return given
}
