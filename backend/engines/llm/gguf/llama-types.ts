/**
 * What of `node-llama-cpp` is used here. Its own types are not at hand when this is compiled: the package is
 * installed by those who ask for it, outside of ours.
 */

export interface LlamaLibrary {
  getLlama(options: {
    readonly gpu: 'auto' | false
    readonly build: 'never'
    readonly progressLogs: false
    readonly maxThreads: number
    readonly logLevel: 'warn'
    readonly logger: (level: string, message: string) => void
  }): Promise<Llama>
  readonly LlamaChat: new (options: {
    readonly contextSequence: LlamaSequence
    readonly chatWrapper: ChatWrapper
  }) => LlamaChat
  readonly LlamaCompletion: new (options: { readonly contextSequence: LlamaSequence }) => LlamaCompletion
  readonly DraftSequenceTokenPredictor: new (draft: LlamaSequence) => TokenPredictor
  resolveChatWrapper(model: LlamaModel, options?: ChatWrapperOptions): ChatWrapper
}

export interface ChatWrapperOptions {
  readonly type?: string
  readonly customWrapperSettings?: { readonly jinjaTemplate: { readonly template: string } }
  readonly fallbackToOtherWrappersOnJinjaError?: boolean
}

export interface Llama {
  /** `false`, or what it computes with: `cuda`, `vulkan`, `metal`. */
  readonly gpu: string | false
  loadModel(
    options: ModelOptions & {
      readonly onLoadProgress: (progress: number) => void
      readonly loadSignal: AbortSignal
    },
  ): Promise<LlamaModel>
  getGrammarFor(kind: 'json'): Promise<LlamaGrammar>
  createGrammarForJsonSchema(schema: Readonly<Record<string, unknown>>): Promise<LlamaGrammar>
}

export interface ModelOptions {
  readonly modelPath: string
  readonly gpuLayers?: number
  readonly useMmap?: boolean
  readonly useMlock?: boolean
  readonly defaultContextFlashAttention?: 'auto' | boolean
  readonly experimentalDefaultContextKvCacheKeyType?: string
  readonly experimentalDefaultContextKvCacheValueType?: string
  readonly metadataOverrides?: Readonly<Record<string, unknown>>
}

/** Opaque. */
export interface LlamaGrammar {
  readonly grammar: string
}

export interface LlamaModel {
  readonly tokenizer: unknown
  readonly fileInfo: { readonly metadata: { readonly tokenizer?: { readonly chat_template?: string } } }
  readonly trainContextSize: number
  /** What it takes of the memory, as far as can be told. */
  readonly memoryUsage: { readonly ram: number; readonly vram: number }
  tokenize(text: string): readonly number[]
  dispose(): Promise<void>
  createContext(options: ContextOptions): Promise<LlamaContext>
  createEmbeddingContext(options: Omit<ContextOptions, 'sequences' | 'lora'>): Promise<LlamaEmbedder>
}

export interface ContextOptions {
  readonly sequences: number
  readonly contextSize: number | { readonly max: number }
  readonly batchSize?: number
  readonly lora?: { readonly adapters: readonly { readonly filePath: string; readonly scale: number }[] }
  readonly threads: number
  readonly createSignal: AbortSignal
}

export interface LlamaContext {
  readonly contextSize: number
  readonly batchSize: number
  getSequence(options?: { readonly tokenPredictor?: TokenPredictor }): LlamaSequence
}

/** Opaque: guesses what a model will say next. */
export interface TokenPredictor {
  readonly draftSequence: LlamaSequence
}

export interface LlamaEmbedder {
  getEmbeddingFor(text: string): Promise<{ readonly vector: readonly number[] }>
  /** In tokens. */
  calculateInputLength(text: string): number
}

export interface TokenCounts {
  readonly usedInputTokens: number
  readonly usedOutputTokens: number
}

export interface LlamaSequence {
  readonly contextSize: number
  /** How many tokens it has evaluated of what it holds. */
  readonly nextTokenIndex: number
  readonly tokenMeter: { getState(): TokenCounts; diff(before: TokenCounts): TokenCounts }
  compareContextTokens(tokens: readonly number[]): { readonly firstDifferentIndex: number }
  adaptStateToTokens(tokens: readonly number[], allowShift: boolean): Promise<void>
  evaluateWithoutGeneratingNewTokens(tokens: readonly number[]): Promise<void>
}

/** How a model wants a conversation to be written. */
export interface ChatWrapper {
  generateContextState(options: {
    readonly chatHistory: readonly ChatItem[]
    readonly availableFunctions?: ChatFunctions
    readonly documentFunctionParams?: boolean
  }): { readonly contextText: { tokenize(tokenizer: unknown): readonly number[] } }
}

export type ChatItem =
  | { readonly type: 'system' | 'user'; readonly text: string }
  | { readonly type: 'model'; readonly response: readonly (string | ChatCall)[] }

export interface ChatCall {
  readonly type: 'functionCall'
  readonly name: string
  readonly params: unknown
  readonly result: unknown
}

export type ChatFunctions = Readonly<
  Record<string, { readonly description: string; readonly params: Readonly<Record<string, unknown>> }>
>

export interface SamplingOptions {
  readonly temperature: number
  readonly minP: number
  readonly topK: number
  readonly topP: number
  readonly seed?: number
  readonly repeatPenalty: false | RepeatPenalty
}

export interface RepeatPenalty {
  readonly lastTokens: number
  readonly penalty: number
  readonly frequencyPenalty: number
  readonly presencePenalty: number
}

export interface GenerationOptions extends SamplingOptions {
  readonly signal: AbortSignal
  readonly maxTokens: number
  readonly customStopTriggers: readonly string[]
}

interface Generated {
  readonly metadata: { readonly stopReason: StopReason }
}

export interface LlamaCompletion {
  generateCompletionWithMeta(
    prompt: readonly number[],
    options: GenerationOptions & { readonly onTextChunk: (text: string) => void },
  ): Promise<Generated>
  dispose(): void
}

export interface LlamaChat {
  generateResponse(
    history: readonly ChatItem[],
    options: GenerationOptions & {
      readonly onResponseChunk: (chunk: ResponseChunk) => void
      readonly onFunctionCall?: (call: { readonly functionName: string; readonly params: unknown }) => void
      readonly functions?: ChatFunctions
      readonly documentFunctionParams?: boolean
      readonly grammar?: LlamaGrammar
      readonly budgets?: { readonly thoughtTokens: number }
    },
  ): Promise<Generated>
  dispose(): void
}

export interface ResponseChunk {
  /** `segment`: not of the reply itself. */
  readonly type: 'segment' | undefined
  readonly segmentType: 'thought' | 'comment' | undefined
  readonly text: string
  readonly tokens: readonly number[]
}

export type StopReason =
  | 'eogToken'
  | 'stopGenerationTrigger'
  | 'functionCalls'
  | 'maxTokens'
  | 'abort'
  | 'customStopTrigger'
