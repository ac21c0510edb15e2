import { readChatChunk } from './chat-chunk.ts'
import { chatRequestBody } from './chat-request.ts'
import { type ModelServer } from './model-server.ts'
import { Refusals } from './refusals.ts'
import { mapped, type OpenReply, type ReplyCall, type ReplyClient, stopsOf } from './reply-client.ts'

/** Talks to `/chat/completions`: Ollama, LM Studio, llama.cpp, vLLM, OpenRouter, OpenAI, … */
export class ChatClient implements ReplyClient {
  readonly #server: ModelServer
  readonly #refusals = new Refusals()

  constructor(server: ModelServer) {
    this.#server = server
  }

  /** Whether the model has been found to know no tools. */
  refusesTools(model: string): boolean {
    return this.#refusals.has(model, 'tools')
  }

  async open(call: ReplyCall, signal: AbortSignal): Promise<OpenReply> {
    const { sent, unsent } = stopsOf(call)
    const events = await this.#refusals.avoid(call.model, chatRequestBody(call, sent), (body) =>
      this.#server.postForEvents('/chat/completions', body, signal),
    )
    const isStopSent = !this.#refusals.has(call.model, 'stop')
    return {
      chunks: mapped(events, (data) => readChatChunk(data, this.#server.label)),
      unsentStops: isStopSent ? unsent : [...(sent ?? []), ...unsent],
    }
  }
}
