import { availableParallelism } from 'node:os'
import { AppError } from '../../../errors.ts'
import { type GgufHeader } from '../../../lib/gguf/header.ts'
import { type ChatForm, chatForm } from './chat-template.ts'
import { checkDraft, checkFile } from './check-file.ts'
import { loadLlamaLibrary } from './installation.ts'
import {
  type Llama,
  type LlamaContext,
  type LlamaEmbedder,
  type LlamaLibrary,
  type LlamaModel,
  type LlamaSequence,
} from './llama-types.ts'
import { type LoadOptions } from './load-options.ts'
import { contextOptions, modelOptions } from './model-options.ts'

/** A model that can be talked to. */
export interface LoadedModel extends ChatForm {
  readonly library: LlamaLibrary
  readonly llama: Llama
  readonly llamaModel: LlamaModel
  readonly sequences: readonly LlamaSequence[]
  /** Read of a prompt at a time. */
  readonly sliceTokens: number
  unload(): Promise<void>
}

/** A model that makes vectors of texts. */
export interface LoadedEmbedder {
  readonly llamaModel: LlamaModel
  readonly embedder: LlamaEmbedder
  /** A longer text cannot be read. */
  readonly contextTokens: number
  unload(): Promise<void>
}

/** A processor is hardly faster with more at a time, and may take a second for these. */
const CPU_SLICE_TOKENS = 128

/** @throws AppError `engine_unavailable` with the reason; the signal's reason. */
export function loadModel(options: LoadOptions, signal: AbortSignal): Promise<LoadedModel> {
  return loaded(options, signal, forChat)
}

/** @throws as `loadModel` does. */
export function loadEmbedder(options: LoadOptions, signal: AbortSignal): Promise<LoadedEmbedder> {
  return loaded(options, signal, forEmbeddings)
}

interface Parts {
  readonly library: LlamaLibrary
  readonly llama: Llama
  readonly llamaModel: LlamaModel
  readonly header: GgufHeader
}

/** @param finish makes of its weights what can be asked. */
async function loaded<Model>(
  options: LoadOptions,
  signal: AbortSignal,
  finish: (parts: Parts, options: LoadOptions, signal: AbortSignal) => Promise<Model>,
): Promise<Model> {
  const { path } = options
  const header = await checkFile(path, signal)
  const library = await loadLlamaLibrary()
  signal.throwIfAborted()
  const llama = await sharedLlama(library, options)
  try {
    const llamaModel = await weights(llama, options, { header, signal })
    try {
      return await finish({ library, llama, llamaModel, header }, options, signal)
    } catch (error) {
      await llamaModel.dispose()
      throw error
    }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof AppError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('engine_unavailable', `The model "${path}" cannot be loaded: ${reason}`, {
      cause: error,
    })
  }
}

function weights(
  llama: Llama,
  options: LoadOptions,
  { header, signal }: { header: GgufHeader; signal: AbortSignal },
): Promise<LlamaModel> {
  const architecture = header.metadata.get('general.architecture')
  return llama.loadModel({
    ...modelOptions(options, typeof architecture === 'string' ? architecture : 'llama'),
    onLoadProgress: options.onProgress,
    loadSignal: signal,
  })
}

async function forChat(parts: Parts, options: LoadOptions, signal: AbortSignal): Promise<LoadedModel> {
  const { library, llama, llamaModel } = parts
  const context = await llamaModel.createContext({
    ...contextOptions(options),
    threads: options.threads ?? usualThreads(),
    createSignal: signal,
  })
  const draft = await draftModel(parts, options, { context, signal })
  return {
    library,
    llama,
    llamaModel,
    ...(await chatForm(library, llamaModel, options)),
    sequences: Array.from({ length: options.parallel }, () => {
      if (!draft) return context.getSequence()
      const tokenPredictor = new library.DraftSequenceTokenPredictor(draft.context.getSequence())
      return context.getSequence({ tokenPredictor })
    }),
    sliceTokens: sliceTokens(llama, context),
    async unload() {
      await llamaModel.dispose()
      await draft?.model.dispose()
    },
  }
}

/** What guesses ahead has as much room as what it guesses for. */
async function draftModel(
  { llama, header }: Parts,
  options: LoadOptions,
  { context, signal }: { context: LlamaContext; signal: AbortSignal },
): Promise<{ model: LlamaModel; context: LlamaContext } | undefined> {
  const { draftPath: path, parallel, gpuLayers, mmap, mlock } = options
  if (path === undefined) return undefined
  const own = { path, parallel, gpuLayers, mmap, mlock, onLog: options.onLog, onProgress: () => {} }
  const draftHeader = await checkFile(path, signal)
  checkDraft(path, header, draftHeader)
  const model = await weights(llama, own, { header: draftHeader, signal })
  try {
    const room = { ...own, contextTokens: context.contextSize }
    const threads = options.threads ?? usualThreads()
    const made = await model.createContext({ ...contextOptions(room), threads, createSignal: signal })
    return { model, context: made }
  } catch (error) {
    await model.dispose()
    throw error
  }
}

async function forEmbeddings(
  { llamaModel }: Parts,
  options: LoadOptions,
  signal: AbortSignal,
): Promise<LoadedEmbedder> {
  const contextTokens = Math.min(options.contextTokens ?? Infinity, llamaModel.trainContextSize)
  const embedder = await llamaModel.createEmbeddingContext({
    contextSize: contextTokens,
    // A text is read in one piece.
    batchSize: contextTokens,
    threads: options.threads ?? usualThreads(),
    createSignal: signal,
  })
  return { llamaModel, embedder, contextTokens, unload: () => llamaModel.dispose() }
}

function sliceTokens({ gpu }: Llama, { batchSize }: LlamaContext): number {
  return gpu === false ? Math.min(CPU_SLICE_TOKENS, batchSize) : batchSize
}

/** One for all models of this process that want the same: each tries its binary in a process of its own first. */
const llamas = new Map<string, Promise<Llama>>()

function sharedLlama(library: LlamaLibrary, { gpuLayers, threads, onLog }: LoadOptions): Promise<Llama> {
  const gpu = gpuLayers === 0 ? false : 'auto'
  const maxThreads = threads ?? usualThreads()
  const key = JSON.stringify({ gpu, maxThreads })
  const known = llamas.get(key)
  if (known) return known
  const opening = library.getLlama({
    gpu,
    maxThreads,
    build: 'never',
    progressLogs: false,
    logLevel: 'warn',
    logger: (level, message) => onLog(`${level}: ${message.trimEnd()}`),
  })
  llamas.set(key, opening)
  opening.catch(() => llamas.delete(key))
  return opening
}

/** Its threads wait for each other spinning: one too many, and all are slow. */
function usualThreads(): number {
  return Math.max(1, Math.floor(availableParallelism() / 2))
}
