import { z } from 'zod'
import { AudioFormat } from './audio-format.ts'
import { ItemDraft } from './items.ts'
import {
  Instructions,
  MaxOutputTokens,
  Modalities,
  Reasoning,
  SessionPatch,
  Temperature,
  ToolChoice,
  Tools,
  VoiceName,
} from './session-schema.ts'

/** What a client may send, in the names of the current protocol. */

/** Of one append. */
const MAX_APPEND_BYTES = 15 * 1024 * 1024
const MAX_APPEND_CHARS = Math.ceil(MAX_APPEND_BYTES / 3) * 4
/** Of one event: the largest append, and what stands around it. */
export const MAX_EVENT_BYTES = MAX_APPEND_CHARS + 1024 * 1024
const MAX_INPUT_ITEMS = 2_000

const EventId = z.string().max(512).optional()
const ItemId = z.string().min(1).max(128)
const Base64 = z
  .string()
  .max(MAX_APPEND_CHARS, 'expected no more than 15 MiB of audio at once')
  .regex(/^[A-Za-z0-9+/]*={0,2}$/, 'expected base64')

const Metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine((metadata) => Object.keys(metadata).length <= 16, 'expected at most 16 entries')

/** What one response does otherwise than the session says. */
export const ResponseWishes = z.object({
  conversation: z.enum(['auto', 'none']).optional(),
  input: z
    .array(z.union([z.object({ type: z.literal('item_reference'), id: ItemId }), ItemDraft]))
    .max(MAX_INPUT_ITEMS)
    .nullish(),
  output_modalities: Modalities.optional(),
  instructions: Instructions.optional(),
  tools: Tools.optional(),
  tool_choice: ToolChoice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  max_output_tokens: MaxOutputTokens.optional(),
  temperature: Temperature.optional(),
  reasoning: Reasoning.nullish(),
  metadata: Metadata.nullish(),
  prompt: z.null({ error: 'prompts are not kept here: put their text into instructions' }).optional(),
  audio: z
    .object({
      output: z.object({ format: AudioFormat.optional(), voice: VoiceName.optional() }).optional(),
    })
    .optional(),
})
export type ResponseWishes = z.infer<typeof ResponseWishes>

const head = { event_id: EventId }

export const ClientEvent = z.discriminatedUnion('type', [
  z.object({ ...head, type: z.literal('session.update'), session: SessionPatch }),
  z.object({ ...head, type: z.literal('input_audio_buffer.append'), audio: Base64 }),
  z.object({ ...head, type: z.literal('input_audio_buffer.commit') }),
  z.object({ ...head, type: z.literal('input_audio_buffer.clear') }),
  z.object({ ...head, type: z.literal('output_audio_buffer.clear') }),
  z.object({
    ...head,
    type: z.literal('conversation.item.create'),
    item: ItemDraft,
    previous_item_id: ItemId.nullish(),
  }),
  z.object({ ...head, type: z.literal('conversation.item.retrieve'), item_id: ItemId }),
  z.object({
    ...head,
    type: z.literal('conversation.item.truncate'),
    item_id: ItemId,
    content_index: z.number().int().min(0),
    audio_end_ms: z.number().int().min(0),
  }),
  z.object({ ...head, type: z.literal('conversation.item.delete'), item_id: ItemId }),
  z.object({ ...head, type: z.literal('response.create'), response: ResponseWishes.nullish() }),
  z.object({ ...head, type: z.literal('response.cancel'), response_id: ItemId.nullish() }),
])
export type ClientEvent = z.infer<typeof ClientEvent>
export type ClientEventOf<Type extends ClientEvent['type']> = Extract<ClientEvent, { type: Type }>

/** A refusal: the session goes on. */
export interface ProtocolFault {
  readonly type: 'invalid_request_error' | 'server_error'
  readonly code: string | null
  readonly message: string
  readonly param: string | null
}

export type ReadEvent =
  | { readonly event: ClientEvent }
  | { readonly fault: ProtocolFault; readonly eventId: string | null }

const TYPES: ReadonlySet<string> = new Set(ClientEvent.options.map(({ shape }) => shape.type.value))

/** Checks what a client has sent. */
export function readEvent(value: unknown): ReadEvent {
  const { type, event_id } = Headed.safeParse(value).data ?? {}
  const eventId = typeof event_id === 'string' ? event_id : null
  if (typeof type !== 'string') {
    const message = 'Expected an event: a JSON object with a "type"'
    return { eventId, fault: invalid({ code: 'invalid_event', message, param: 'type' }) }
  }
  if (!TYPES.has(type)) {
    const message = `There is no client event "${type.slice(0, 100)}"`
    return { eventId, fault: invalid({ code: 'unknown_event', message, param: 'type' }) }
  }
  const { data, error } = ClientEvent.safeParse(value)
  return data ? { event: data } : { eventId, fault: faultOf(error) }
}

const Headed = z.object({ type: z.unknown(), event_id: z.unknown() }).partial()

export function invalid(fault: Omit<ProtocolFault, 'type'>): ProtocolFault {
  return { type: 'invalid_request_error', ...fault }
}

function faultOf(error: z.ZodError): ProtocolFault {
  const issue = deepest(error.issues[0])
  const param = issue?.path.map(String).join('.') ?? null
  const isMissing = issue?.code === 'invalid_type' && issue.message.endsWith('received undefined')
  return invalid({
    code: isMissing ? 'missing_required_parameter' : 'invalid_value',
    message: `Cannot use "${param}": ${issue?.message ?? 'wrong value'}`,
    param,
  })
}

interface Issue {
  readonly code: string
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** Of a choice nobody has met, the fault of the alternative that came furthest. */
function deepest(issue: z.core.$ZodIssue | undefined): Issue | undefined {
  if (issue?.code !== 'invalid_union') return issue
  const candidates = issue.errors.flatMap((issues) => issues.map(deepest)).filter((one) => one !== undefined)
  const best = candidates.toSorted((one, other) => other.path.length - one.path.length)[0]
  return best ? { ...best, path: [...issue.path, ...best.path] } : issue
}
