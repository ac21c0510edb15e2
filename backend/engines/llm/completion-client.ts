import { z } from 'zod'
import { finishReasonOf, notACompletion, readUsage } from './chat-chunk.ts'
import { samplingBody, withoutTools } from './chat-request.ts'
import { type ModelServer } from './model-server.ts'
import { renderPrompt, type TemplateName } from './prompt-templates.ts'
import { Refusals } from './refusals.ts'
import { mapped, type OpenReply, type ReplyCall, type ReplyClient, stopsOf } from './reply-client.ts'
import { wireFormat } from './wire-fields.ts'
import { NOTHING, type ReplyChunk } from './reply-chunk.ts'

/** Servers stop after 16 tokens if they are told nothing. */
const DEFAULT_MAX_TOKENS = 1_024

const Chunk = z.object({
  choices: z.array(z.object({ text: z.string().nullish(), finish_reason: z.string().nullish() })).nullish(),
  usage: z.unknown().optional(),
})

/** Talks to `/completions`, for models without a chat API: the conversation is rendered by a template. */
export class CompletionClient implements ReplyClient {
  readonly #server: ModelServer
  readonly #refusals = new Refusals()

  constructor(server: ModelServer) {
    this.#server = server
  }

  async open(call: ReplyCall, signal: AbortSignal): Promise<OpenReply> {
    const template: TemplateName = call.info.template ?? 'chatml'
    const { prompt, stops } = renderPrompt(template, withoutTools(call.request.messages))
    const { sent, unsent } = stopsOf(call, stops)
    const { max_tokens: maxTokens = DEFAULT_MAX_TOKENS, ...settings } = call.request.settings
    const body = {
      ...call.request.extra,
      model: call.model,
      prompt,
      stream: true,
      stream_options: { include_usage: true },
      ...samplingBody({ ...settings, max_tokens: maxTokens }),
      stop: sent,
      response_format: wireFormat(call.request.format),
    }
    const events = await this.#refusals.avoid(call.model, body, (fitted) =>
      this.#server.postForEvents('/completions', fitted, signal),
    )
    return {
      chunks: mapped(events, (data) => readCompletionChunk(data, this.#server.label)),
      unsentStops: unsent,
    }
  }
}

/** Reads one event of a text completion stream. @throws LlmError `engine_failed` if it is not one. */
function readCompletionChunk(data: unknown, label: string): ReplyChunk {
  const parsed = Chunk.safeParse(data)
  if (!parsed.success) throw notACompletion(label, parsed.error)
  const choice = parsed.data.choices?.[0]
  return {
    ...NOTHING,
    text: choice?.text ?? '',
    finishReason: finishReasonOf(choice?.finish_reason, label),
    usage: parsed.data.usage ? readUsage(parsed.data.usage) : undefined,
  }
}
