import { z } from 'zod'
import { type ModelSettings } from '#shared/entities.ts'
import { APIError } from 'openai'
import { type ChatMessage } from '../contracts.ts'
import { finishReasonOf, notACompletion } from './chat-chunk.ts'
import { wireTool, withoutTools } from './chat-request.ts'
import { type ModelServer } from './model-server.ts'
import { Refusals } from './refusals.ts'
import { mapped, type OpenReply, type ReplyCall, type ReplyClient } from './reply-client.ts'
import { NOTHING, type ReplyChunk } from './reply-chunk.ts'

/** What only Ollama's own API takes; see docs/decisions. */
export interface OllamaOptions {
  /** The context the model is loaded with, in tokens. */
  readonly numCtx?: number | undefined
  /** How long it stays loaded after a reply: `30m`, seconds, or `-1` for ever. */
  readonly keepAlive?: string | undefined
}

const Count = z.number().nullish()
const Chunk = z.object({
  message: z
    .object({
      content: z.string().nullish(),
      thinking: z.string().nullish(),
      tool_calls: z
        .array(
          z.object({
            id: z.string().nullish(),
            function: z.object({ name: z.string(), arguments: z.unknown().optional() }),
          }),
        )
        .nullish(),
    })
    .nullish(),
  done: z.boolean().nullish(),
  done_reason: z.string().nullish(),
  prompt_eval_count: Count,
  eval_count: Count,
})

/** Talks to Ollama's `/api/chat`, which takes settings that its compatible API ignores. */
export class OllamaClient implements ReplyClient {
  readonly #server: ModelServer
  readonly #options: OllamaOptions
  readonly #refusals = new Refusals()

  constructor(server: ModelServer, options: OllamaOptions) {
    this.#server = server
    this.#options = options
  }

  /** Whether the model has been found to know no tools. */
  refusesTools(model: string): boolean {
    return this.#refusals.has(model, 'tools')
  }

  async open(call: ReplyCall, signal: AbortSignal): Promise<OpenReply> {
    const lines = await this.#refusals.avoid(call.model, ollamaBody(call, this.#options), (body) =>
      this.#server.postForLines(this.#server.native('/api/chat'), body, signal),
    )
    let toolCalls = 0
    const chunks = mapped(lines, (data) => {
      const chunk = readOllamaChunk(data, { label: this.#server.label, firstToolIndex: toolCalls })
      toolCalls += chunk.toolPieces.length
      return chunk
    })
    return { chunks, unsentStops: [] }
  }
}

function ollamaBody({ model, request, info }: ReplyCall, options: OllamaOptions): Record<string, unknown> {
  const { settings } = request
  const tools = info.canUseTools === false ? [] : (request.tools ?? [])
  const messages = info.canUseTools === false ? withoutTools(request.messages) : request.messages
  const stops = [...new Set([...(settings.stop ?? []), ...(request.stops ?? [])])]
  return {
    model,
    messages: messages.map((message) => wireMessage(message, messages)),
    stream: true,
    // It knows no choice of tools but to offer none.
    tools:
      tools.length === 0 || request.toolChoice === 'none' ? undefined : tools.map((tool) => wireTool(tool)),
    format: formatOf(request),
    think: thinkOf(model, settings),
    keep_alive: options.keepAlive === undefined ? undefined : keepAliveOf(options.keepAlive),
    options: {
      num_ctx: options.numCtx,
      num_predict: settings.max_tokens,
      temperature: settings.temperature,
      top_p: settings.top_p,
      min_p: settings.min_p,
      top_k: settings.top_k,
      frequency_penalty: settings.frequency_penalty,
      presence_penalty: settings.presence_penalty,
      repeat_penalty: settings.repetition_penalty,
      seed: settings.seed,
      stop: stops.length === 0 ? undefined : stops,
    },
  }
}

/** A number is seconds and must be sent as one; everything else is a duration like `10m`. */
export function keepAliveOf(text: string): number | string {
  return /^-?\d+$/u.test(text.trim()) ? Number(text) : text.trim()
}

function formatOf({ format }: ReplyCall['request']): unknown {
  return format === undefined || format === 'json' ? format : format.schema
}

/** Only gpt-oss knows degrees; the others think or do not. */
function thinkOf(model: string, { reasoning_effort: effort }: ModelSettings): boolean | string | undefined {
  if (effort === undefined) return undefined
  if (effort === 'none') return false
  return /gpt-oss/iu.test(model) ? effort : true
}

function wireMessage(message: ChatMessage, all: readonly ChatMessage[]): Record<string, unknown> {
  const { role, content, images, toolCalls, toolCallId } = message
  const asked = all.flatMap((other) => other.toolCalls ?? []).find(({ id }) => id === toolCallId)
  return {
    role,
    content,
    // Bare, and only what comes along: it fetches nothing.
    images: images?.flatMap((url) => /^data:[^,]*;base64,(.*)$/su.exec(url)?.[1] ?? []),
    tool_calls: toolCalls?.map(({ id, name, argumentsJson }) => ({
      id,
      function: { name, arguments: objectIn(argumentsJson) },
    })),
    tool_name: role === 'tool' ? asked?.name : undefined,
  }
}

/** Ollama wants an object where the others want text; what is none was refused by the tool already. */
function objectIn(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return {}
  }
}

/** Reads one line of a reply. @throws what `toLlmError` maps, if it is an error or no line of a reply. */
export function readOllamaChunk(
  data: unknown,
  { label, firstToolIndex }: { label: string; firstToolIndex: number },
): ReplyChunk {
  throwIfError(data)
  const parsed = Chunk.safeParse(data)
  if (!parsed.success) throw notACompletion(label, parsed.error)
  const {
    message,
    done,
    done_reason: reason,
    prompt_eval_count: prompt,
    eval_count: completion,
  } = parsed.data
  return {
    ...NOTHING,
    text: message?.content ?? '',
    reasoning: message?.thinking ?? '',
    toolPieces: (message?.tool_calls ?? []).map((call, index) => ({
      index: firstToolIndex + index,
      id: call.id ?? '',
      name: call.function.name,
      argumentsJson: JSON.stringify(call.function.arguments ?? {}),
    })),
    finishReason: done ? finishReasonOf(reason ?? 'stop', label) : undefined,
    usage: done
      ? { promptTokens: prompt ?? undefined, completionTokens: completion ?? undefined }
      : undefined,
  }
}

/** Ollama reports trouble in the middle of a stream as a line of its own. */
export function throwIfError(data: unknown): void {
  const error: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, 'error') : undefined
  if (typeof error !== 'string') return
  throw new APIError(undefined, { message: error }, undefined, undefined)
}
