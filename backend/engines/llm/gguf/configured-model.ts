import { type Config } from '../../../config.ts'
import { AppError } from '../../../errors.ts'
import { type Clock } from '../../../lib/clock.ts'
import { type LanguageModel } from '../../contracts.ts'
import { createGgufModel } from './gguf-model.ts'

/** As the settings say. @throws AppError `config_invalid` */
export function ggufModel(config: Config, clock: Clock): LanguageModel {
  if (config.llm_model === undefined) {
    throw new AppError('config_invalid', '"llm" is "gguf", but llm_model is missing: say where the file is')
  }
  return createGgufModel({
    path: config.llm_model,
    clock,
    contextTokens: config.llm_context_tokens,
    parallel: config.gguf_parallel,
    threads: config.gguf_threads,
    gpuLayers: config.gguf_gpu_layers,
    firstTokenTimeoutMs: config.first_token_timeout_ms,
    tokenTimeoutMs: config.token_timeout_ms,
  })
}
