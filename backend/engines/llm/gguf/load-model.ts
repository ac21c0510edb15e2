import { availableParallelism } from 'node:os'
import { AppError } from '../../../errors.ts'
import { allParts } from '../../../lib/gguf/parts.ts'
import { readGgufFile } from '../../../lib/gguf/read-header.ts'
import { loadLlamaLibrary } from './installation.ts'
import {
  type ChatWrapper,
  type Llama,
  type LlamaContext,
  type LlamaLibrary,
  type LlamaModel,
  type LlamaSequence,
} from './llama-types.ts'

export interface LoadOptions {
  readonly path: string
  /** Of each conversation; absent: what the model was made for, as far as there is memory, and no more than 8192. */
  readonly contextTokens?: number | undefined
  /** How many conversations it answers at a time. */
  readonly parallel: number
  /** How many layers a GPU takes; absent: as many as fit into it, where there is one. */
  readonly gpuLayers?: number | undefined
  /** Absent: half of what the machine can do at a time; speech needs the rest. */
  readonly threads?: number | undefined
  readonly onLog: (text: string) => void
  /** 0 … 1 */
  readonly onProgress: (progress: number) => void
}

export interface LoadedModel {
  readonly library: LlamaLibrary
  readonly llama: Llama
  readonly llamaModel: LlamaModel
  readonly chatWrapper: ChatWrapper
  readonly sequences: readonly LlamaSequence[]
  /** Read of a prompt at a time. */
  readonly sliceTokens: number
  unload(): Promise<void>
}

const USUAL_CONTEXT_TOKENS = 8_192
/** A processor is hardly faster with more at a time, and may take a second for these. */
const CPU_SLICE_TOKENS = 128

/**
 * Loads a model.
 * @throws AppError `engine_unavailable` with the reason; the signal's reason.
 */
export async function loadModel(options: LoadOptions, signal: AbortSignal): Promise<LoadedModel> {
  const { path } = options
  await checkFile(path, signal)
  const library = await loadLlamaLibrary()
  signal.throwIfAborted()
  const llama = await sharedLlama(library, options)
  try {
    return await loadInto({ library, llama }, options, signal)
  } catch (error) {
    signal.throwIfAborted()
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('engine_unavailable', `The model "${path}" cannot be loaded: ${reason}`, {
      cause: error,
    })
  }
}

/** The library trusts what a header says: it may read for hours, or crash, over a file that is cut or made up. */
async function checkFile(path: string, signal: AbortSignal): Promise<void> {
  try {
    for (const part of allParts(path)) await readGgufFile(part, signal)
  } catch (error) {
    signal.throwIfAborted()
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    const reason = isMissing ? 'It is not there' : error instanceof Error ? error.message : String(error)
    throw new AppError('engine_unavailable', `The model "${path}" cannot be loaded. ${reason}`, {
      cause: error,
    })
  }
}

async function loadInto(
  { library, llama }: Pick<LoadedModel, 'library' | 'llama'>,
  options: LoadOptions,
  signal: AbortSignal,
): Promise<LoadedModel> {
  const { path, gpuLayers, parallel, onProgress } = options
  const llamaModel = await llama.loadModel({
    modelPath: path,
    ...(gpuLayers === undefined ? {} : { gpuLayers }),
    onLoadProgress: onProgress,
    loadSignal: signal,
  })
  try {
    const context = await llamaModel.createContext({
      sequences: parallel,
      contextSize: options.contextTokens ?? { max: USUAL_CONTEXT_TOKENS },
      threads: options.threads ?? usualThreads(),
      createSignal: signal,
    })
    return {
      library,
      llama,
      llamaModel,
      chatWrapper: library.resolveChatWrapper(llamaModel),
      sequences: Array.from({ length: parallel }, () => context.getSequence()),
      sliceTokens: sliceTokens(llama, context),
      unload: () => llamaModel.dispose(),
    }
  } catch (error) {
    await llamaModel.dispose()
    throw error
  }
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
