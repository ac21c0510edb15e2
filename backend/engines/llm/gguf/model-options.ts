import { type LoadOptions, type RopeOptions } from './load-options.ts'
import { type ContextOptions, type ModelOptions } from './llama-types.ts'

/** What is asked for, in the words of the library. Pure. */

const USUAL_CONTEXT_TOKENS = 8_192
/** The library sends whole numbers as integers, which llama.cpp passes over where it wants fractions; its own have 24 bits. */
const HARDLY_MORE = 1 + 2 ** -40

/** @param architecture as the file calls it: before the names of what is overridden. */
export function modelOptions(options: LoadOptions, architecture: string): ModelOptions {
  const { path, gpuLayers, flashAttention, cacheTypeK, cacheTypeV, mmap, mlock, rope } = options
  const overrides = rope && ropeOverrides(rope)
  return {
    modelPath: path,
    ...(gpuLayers === undefined ? {} : { gpuLayers }),
    ...(mmap === undefined ? {} : { useMmap: mmap }),
    ...(mlock === undefined ? {} : { useMlock: mlock }),
    ...(flashAttention === undefined ? {} : { defaultContextFlashAttention: flashAttention }),
    ...(cacheTypeK === undefined
      ? {}
      : { experimentalDefaultContextKvCacheKeyType: cacheTypeK.toUpperCase() }),
    ...(cacheTypeV === undefined
      ? {}
      : { experimentalDefaultContextKvCacheValueType: cacheTypeV.toUpperCase() }),
    ...(overrides ? { metadataOverrides: { [architecture]: { rope: overrides } } } : {}),
  }
}

export function contextOptions(options: LoadOptions): Omit<ContextOptions, 'threads' | 'createSignal'> {
  const { parallel, contextTokens, batchTokens, adapters = [] } = options
  return {
    sequences: parallel,
    contextSize: contextTokens ?? { max: USUAL_CONTEXT_TOKENS },
    ...(batchTokens === undefined ? {} : { batchSize: batchTokens }),
    ...(adapters.length === 0
      ? {}
      : { lora: { adapters: adapters.map(({ path, scale }) => ({ filePath: path, scale })) } }),
  }
}

function ropeOverrides({ scaling, scale, freqBase, originalContext }: RopeOptions): Record<string, unknown> {
  const stretched = {
    ...(scaling === undefined ? {} : { type: scaling }),
    ...(scale === undefined ? {} : { factor: scale * HARDLY_MORE }),
    ...(originalContext === undefined ? {} : { original_context_length: originalContext }),
  }
  return {
    ...(freqBase === undefined ? {} : { freq_base: freqBase * HARDLY_MORE }),
    ...(Object.keys(stretched).length === 0 ? {} : { scaling: stretched }),
  }
}
