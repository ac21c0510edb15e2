import { type GgufConfig, type LlamaConfig } from '../config/model-config.ts'

/** Settings of runners as llama-server takes them; our own program for GGUF files takes the same. Pure. */

export function flag(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [name, String(value)]
}

/** How a GGUF file is loaded. */
export function loadingFlags(config: LlamaConfig | GgufConfig): string[] {
  const { context_tokens: contextTokens, parallel, cache_type: cacheType } = config
  return [
    ...flag('--parallel', parallel),
    // What it is told is the context of all requests together.
    ...flag('--ctx-size', contextTokens === undefined ? undefined : contextTokens * parallel),
    ...flag('--n-gpu-layers', config.gpu_layers),
    ...flag('--threads', config.threads),
    ...flag('--batch-size', config.batch ?? wholeText(config)),
    ...flag('--flash-attn', config.flash_attention),
    ...flag('--cache-type-k', config.cache_type_k ?? cacheType),
    ...flag('--cache-type-v', config.cache_type_v ?? cacheType),
    ...flag('--rope-scaling', config.rope_scaling),
    ...flag('--rope-scale', config.rope_scale),
    ...flag('--rope-freq-base', config.rope_freq_base),
    ...flag('--yarn-orig-ctx', config.yarn_original_context),
    ...flag('--chat-template', config.chat_template),
    ...flag('--chat-template-file', config.chat_template_file),
    ...config.lora.flatMap(({ path, scale }) =>
      scale === 1 ? ['--lora', path] : ['--lora-scaled', `${path}:${scale}`],
    ),
    ...flag('--model-draft', config.draft_model),
    ...(config.embeddings ? ['--embedding'] : []),
  ]
}

/** What our own program does not know. */
export function llamaFlags(config: LlamaConfig): string[] {
  return [
    ...flag(
      '--ubatch-size',
      config.ubatch ?? (config.embeddings ? config.batch : undefined) ?? wholeText(config),
    ),
    ...flag('--threads-batch', config.threads_batch),
    ...flag('--mmproj', config.mmproj),
    ...(config.mmproj_offload ? [] : ['--no-mmproj-offload']),
    ...flag('--n-cpu-moe', config.cpu_moe_layers),
    ...flag('--device', listed(config.devices)),
    ...flag('--main-gpu', config.main_gpu),
    ...flag('--split-mode', config.split_mode),
    ...flag('--tensor-split', listed(config.tensor_split)),
    ...(config.kv_offload ? [] : ['--no-kv-offload']),
    ...(config.swa_full ? ['--swa-full'] : []),
    ...(config.context_shift ? ['--context-shift'] : []),
    ...flag('--gpu-layers-draft', config.draft_gpu_layers),
    ...flag('--pooling', config.pooling),
    ...flag('--cache-reuse', config.cache_reuse),
    ...flag('--reasoning-budget', config.reasoning_budget),
  ]
}

/**
 * How the file comes into memory. As variables: flags for this have come and gone with the versions of llama.cpp, and
 * one that it does not know ends it, while variables that it does not know are passed over.
 */
export function loadModeEnv({ mmap, mlock }: LlamaConfig | GgufConfig): Record<string, string> {
  if (mmap === undefined && !mlock) return {}
  const locked = mmap === true ? 'mmap+mlock' : 'mlock'
  return {
    LLAMA_ARG_LOAD_MODE: mlock ? locked : mmap === true ? 'mmap' : 'none',
    // Before there was that one.
    ...(mlock ? { LLAMA_ARG_MLOCK: '1' } : {}),
    ...(mmap === false ? { LLAMA_ARG_NO_MMAP: '1', LLAMA_ARG_MMAP: '0' } : {}),
  }
}

/** A text of which a vector is made has to be read in one piece. */
function wholeText({
  embeddings,
  context_tokens: contextTokens,
}: LlamaConfig | GgufConfig): number | undefined {
  return embeddings ? contextTokens : undefined
}

function listed(values: readonly (string | number)[]): string | undefined {
  return values.length === 0 ? undefined : values.join(',')
}
