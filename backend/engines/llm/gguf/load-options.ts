/** How a GGUF file is loaded. What is absent is decided by the library, the file and the machine. */
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
  /** How many tokens are read at a time. */
  readonly batchTokens?: number | undefined
  readonly flashAttention?: 'auto' | boolean | undefined
  /** In what format keys and values are remembered, e.g. `q8_0`. */
  readonly cacheTypeK?: string | undefined
  readonly cacheTypeV?: string | undefined
  readonly mmap?: boolean | undefined
  readonly mlock?: boolean | undefined
  readonly rope?: RopeOptions | undefined
  /** A name, or a Jinja template. */
  readonly chatTemplate?: string | undefined
  /** A file with one. */
  readonly chatTemplatePath?: string | undefined
  readonly adapters?: readonly Adapter[] | undefined
  /** A small model that guesses ahead. */
  readonly draftPath?: string | undefined
  readonly onLog: (text: string) => void
  /** 0 … 1 */
  readonly onProgress: (progress: number) => void
}

/** How positions are stretched. */
export interface RopeOptions {
  readonly scaling?: string | undefined
  readonly scale?: number | undefined
  readonly freqBase?: number | undefined
  readonly originalContext?: number | undefined
}

/** LoRA. */
export interface Adapter {
  readonly path: string
  /** 1: as strong as it was made. */
  readonly scale: number
}
