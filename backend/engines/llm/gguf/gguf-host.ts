import { AppError } from '../../../errors.ts'
import { type ChatRequest, type CompletionRequest, type Sampling } from './chat-request.ts'
import { chatFunctions, chatHistory } from './chat-history.ts'
import { grammarOf } from './grammar.ts'
import { type Emit, eventsOf, type HostEvent } from './host-events.ts'
import { finishReasonOf, UsageCounter } from './host-usage.ts'
import { type ChatFunctions, type ChatItem, type GenerationOptions } from './llama-types.ts'
import { type LoadedModel } from './load-model.ts'
import { prefill } from './prefill.ts'
import { maxTokens, samplingOptions } from './sampling.ts'
import { type SlotInfo, Slots } from './slots.ts'

type Work = (emit: Emit, signal: AbortSignal) => Promise<void>

/** One GGUF model in memory. Speaks to `node-llama-cpp`, and knows nothing of HTTP. */
export class GgufHost implements AsyncDisposable {
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
    return this.#model.llamaModel.fileInfo.metadata.tokenizer?.chat_template
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
    const history = chatHistory(request.messages)
    const functions = request.tool_choice === 'none' ? undefined : chatFunctions(request.tools ?? [])
    const grammar = functions ? undefined : await grammarOf(llama, request.response_format)
    const tokens = this.#promptTokens(history, functions)
    using slot = await this.#slots.take(tokens, signal)
    const counter = new UsageCounter(slot, tokens)
    await prefill(slot.sequence, tokens, { sliceTokens, signal })
    const chat = new library.LlamaChat({ contextSequence: slot.sequence, chatWrapper })
    try {
      const { metadata } = await chat.generateResponse(history, {
        ...generationOptions(request, signal),
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
    const tokens = this.tokenize(request.prompt)
    using slot = await this.#slots.take(tokens, signal)
    const counter = new UsageCounter(slot, tokens)
    await prefill(slot.sequence, tokens, { sliceTokens, signal })
    const completion = new library.LlamaCompletion({ contextSequence: slot.sequence })
    try {
      const { metadata } = await completion.generateCompletionWithMeta(request.prompt, {
        ...generationOptions(request, signal),
        onTextChunk: (text) => emit({ type: 'text', text }),
      })
      emit({ type: 'finish', reason: finishReasonOf(metadata.stopReason), usage: counter.usage })
    } finally {
      completion.dispose()
    }
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

function generationOptions(request: Sampling, signal: AbortSignal): GenerationOptions {
  const limit = maxTokens(request)
  return {
    ...samplingOptions(request),
    signal,
    customStopTriggers: request.stop,
    ...(limit === undefined ? {} : { maxTokens: limit }),
  }
}

function isThinkingOff({ reasoning_effort: effort, chat_template_kwargs: kwargs }: ChatRequest): boolean {
  return effort === 'none' || kwargs?.enable_thinking === false
}

function toolCall({ functionName, params }: { functionName: string; params: unknown }): HostEvent {
  return { type: 'tool_call', name: functionName, argumentsJson: JSON.stringify(params ?? {}) }
}
