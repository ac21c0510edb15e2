/** What stands at the beginning of a GGUF file. */
export interface GgufHeader {
  readonly version: number
  readonly metadata: ReadonlyMap<string, GgufValue>
  readonly tensors: TensorSummary
  /** The weights begin at the next multiple of it after the header. */
  readonly alignmentBytes: number
}

/** Arrays are counted, not kept: a vocabulary is megabytes that nobody here reads. */
export type GgufValue = string | number | boolean | { readonly arrayLength: number }

/** All tensors together. */
export interface TensorSummary {
  readonly count: number
  /** Weights. */
  readonly elements: number
  readonly elementsByType: ReadonlyMap<number, number>
  /** From where they begin; the file must be as long as that. Types that are not known here count nothing. */
  readonly dataBytes: number
}

/**
 * What a file may ask of us. Real headers are below 20 MB (most of it the vocabulary), have some 40 entries and
 * up to 3 000 tensors; a file that claims far more is broken or made to hurt.
 */
export const LIMITS = {
  headerBytes: 256 * 1024 * 1024,
  entries: 65_536,
  tensors: 262_144,
  keyBytes: 65_535,
  /** Of a text that is kept. Chat templates are some kilobytes. */
  textBytes: 1024 * 1024,
  /** Of all texts that are kept, keys included. */
  keptBytes: 16 * 1024 * 1024,
  arrayLength: 16 * 1024 * 1024,
  arrayDepth: 4,
  dimensions: 8,
} as const
