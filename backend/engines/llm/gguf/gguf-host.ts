import { AppError } from '../../../errors.ts'
import { type ChatRequest, type CompletionRequest, type Sampling } from './chat-request.ts'
import { chatFunctions, chatHistory } from './chat-history.ts'
import { fitHistory } from './fit-history.ts'
import { grammarOf } from './grammar.ts'
import { type Emit, eventsOf, type HostEvent } from './host-events.ts'
import { finishReasonOf, UsageCounter } from './host-usage.ts'
import { type ChatFunctions, type ChatItem, type GenerationOptions } from './llama-types.ts'
import { type LoadedModel } from './load-model.ts'
import { type ModelHost } from './model-host.ts'
import { prefill } from './prefill.ts'
import { maxTokens, samplingOptions } from './sampling.ts'
import { type SlotInfo, Slots } from './slots.ts'

/** Kept free of a context for the reply, when the conversation is longer than it. */
const REPLY_SHARE = 0.25
/** So that the library never finds the context full. */
const SPARE_TOKENS = 8

type Work = (emit: Emit, signal: AbortSignal) => Promise<void>

/** One GGUF model in memory that can be talked to. Speaks to `node-llama-cpp`, and knows nothing of HTTP. */
export class GgufHost implements ModelHost {
  readonly #model: LoadedModel
  readonly #slots: Slots
  readonly #closing = new AbortController()
  readonly #working = new Set<Promise<void>>()

  constructor(model: LoadedModel) {
    this.#model = model
    this.#slots = new Slots(model.sequences)
  }

  /** Of each conversation. */
  get contextTokens(): number {
    return this.#model.sequences[0]?.contextSize ?? 0
  }

  get chatTemplate(): string | undefined {
    return this.#model.chatTemplate
  }

  slots(): SlotInfo[] {
    return this.#slots.list()
  }

  chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<HostEvent> {
    return this.#events((emit, inner) => this.#chat(request, emit, inner), signal)
  }

  complete(request: CompletionRequest, signal: AbortSignal): AsyncIterable<HostEvent> {
    return this.#events((emit, inner) => this.#complete(request, emit, inner), signal)
  }

  tokenize(text: string): readonly number[] {
    return this.#model.llamaModel.tokenize(text)
  }

  /** Ends what runs, and gives the memory back. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new AppError('engine_unavailable', 'The model is being unloaded'))
    await Promise.allSettled(this.#working)
    await this.#model.unload()
  }

  #events(work: Work, signal: AbortSignal): AsyncIterable<HostEvent> {
    const watched: Work = (emit, inner) => {
      const working = work(emit, inner).finally(() => this.#working.delete(working))
      this.#working.add(working)
      return working
    }
    return eventsOf(watched, AbortSignal.any([signal, this.#closing.signal]))
  }

  async #chat(request: ChatRequest, emit: Emit, signal: AbortSignal): Promise<void> {
    const { library, llama, chatWrapper, sliceTokens } = this.#model
    const functions = request.tool_choice === 'none' ? undefined : chatFunctions(request.tools ?? [])
    const grammar = functions ? undefined : await grammarOf(llama, request.response_format)
    const { history, tokens } = this.#prompt(chatHistory(request.messages), functions)
    using slot = await this.#slots.take(tokens, signal)
    const counter = new UsageCounter(slot, tokens)
    await prefill(slot.sequence, tokens, { sliceTokens, signal })
    const chat = new library.LlamaChat({ contextSequence: slot.sequence, chatWrapper })
    try {
      const { metadata } = await chat.generateResponse(history, {
        ...generationOptions(request, { signal, roomTokens: this.contextTokens - tokens.length }),
        ...(functions ? { functions, documentFunctionParams: true } : {}),
        ...(grammar ? { grammar } : {}),
        ...(isThinkingOff(request) ? { budgets: { thoughtTokens: 0 } } : {}),
        onResponseChunk(chunk) {
          if (chunk.type === 'segment') counter.thought(chunk)
          if (chunk.text === '') return
          emit({ type: chunk.type === 'segment' ? 'reasoning' : 'text', text: chunk.text })
        },
        ...(functions ? { onFunctionCall: (call) => emit(toolCall(call)) } : {}),
      })
      emit({ type: 'finish', reason: finishReasonOf(metadata.stopReason), usage: counter.usage })
    } finally {
      chat.dispose()
    }
  }

  async #complete(request: CompletionRequest, emit: Emit, signal: AbortSignal): Promise<void> {
    const { library, sliceTokens } = this.#model
    const tokens = this.tokenize(request.prompt).slice(-this.#budgetTokens)
    using slot = await this.#slots.take(tokens, signal)
    const counter = new UsageCounter(slot, tokens)
    await prefill(slot.sequence, tokens, { sliceTokens, signal })
    const completion = new library.LlamaCompletion({ contextSequence: slot.sequence })
    try {
      const { metadata } = await completion.generateCompletionWithMeta(tokens, {
        ...generationOptions(request, { signal, roomTokens: this.contextTokens - tokens.length }),
        onTextChunk: (text) => emit({ type: 'text', text }),
      })
      emit({ type: 'finish', reason: finishReasonOf(metadata.stopReason), usage: counter.usage })
    } finally {
      completion.dispose()
    }
  }

  /** What may be read, so that there is room for a reply. */
  get #budgetTokens(): number {
    return Math.floor(this.contextTokens * (1 - REPLY_SHARE))
  }

  /** The conversation as the model reads it, or what of it fits. */
  #prompt(
    whole: readonly ChatItem[],
    functions: ChatFunctions | undefined,
  ): { history: readonly ChatItem[]; tokens: readonly number[] } {
    const tokens = this.#promptTokens(whole, functions)
    if (tokens.length <= this.#budgetTokens) return { history: whole, tokens }
    // What is written around the texts has a size of its own.
    const scaffoldTokens = this.#promptTokens([], functions).length
    const history = fitHistory(
      whole,
      this.#budgetTokens - scaffoldTokens,
      (text) => this.tokenize(text).length,
    )
    return { history, tokens: this.#promptTokens(history, functions) }
  }

  #promptTokens(history: readonly ChatItem[], functions: ChatFunctions | undefined): readonly number[] {
    const { chatWrapper, llamaModel } = this.#model
    const isBegun = history.at(-1)?.type === 'model'
    const { contextText } = chatWrapper.generateContextState({
      chatHistory: isBegun ? history : [...history, { type: 'model', response: [] }],
      ...(functions ? { availableFunctions: functions, documentFunctionParams: true } : {}),
    })
    return contextText.tokenize(llamaModel.tokenizer)
  }
}

/** The library would make room in the middle of a reply, by reading everything anew; here the reply ends instead. */
function generationOptions(
  request: Sampling,
  { signal, roomTokens }: { signal: AbortSignal; roomTokens: number },
): GenerationOptions {
  return {
    ...samplingOptions(request),
    signal,
    customStopTriggers: request.stop,
    maxTokens: Math.max(1, Math.min(maxTokens(request) ?? Infinity, roomTokens - SPARE_TOKENS)),
  }
}

function isThinkingOff({ reasoning_effort: effort, chat_template_kwargs: kwargs }: ChatRequest): boolean {
  return effort === 'none' || kwargs?.enable_thinking === false
}

function toolCall({ functionName, params }: { functionName: string; params: unknown }): HostEvent {
  return { type: 'tool_call', name: functionName, argumentsJson: JSON.stringify(params ?? {}) }
}
