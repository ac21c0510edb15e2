import { type ChatRequest, type CompletionRequest } from './chat-request.ts'
import { type HostEvent } from './host-events.ts'
import { type SlotInfo } from './slots.ts'

/** A model in memory: what can be asked of it. */
export interface ModelHost extends AsyncDisposable {
  /** Of each conversation. */
  readonly contextTokens: number
  readonly chatTemplate: string | undefined
  slots(): SlotInfo[]
  tokenize(text: string): readonly number[]
  chat?(request: ChatRequest, signal: AbortSignal): AsyncIterable<HostEvent>
  complete?(request: CompletionRequest, signal: AbortSignal): AsyncIterable<HostEvent>
  embed?(texts: readonly string[], signal: AbortSignal): Promise<Embedding>
}

export interface Embedding {
  readonly vectors: readonly (readonly number[])[]
  readonly promptTokens: number
}
