import { type Sampling } from './chat-request.ts'
import { type RepeatPenalty, type SamplingOptions } from './llama-types.ts'

/** What llama.cpp takes where nobody says anything. */
const DEFAULTS = { temperature: 0.8, topK: 40, topP: 0.95, minP: 0.05, lastTokens: 64 } as const
/** The library counts seeds in 32 bits. */
const SEEDS = 2 ** 32

export function samplingOptions(request: Sampling): SamplingOptions {
  const { seed } = request
  return {
    temperature: request.temperature ?? DEFAULTS.temperature,
    topK: Math.max(0, request.top_k ?? DEFAULTS.topK),
    topP: request.top_p ?? DEFAULTS.topP,
    minP: request.min_p ?? DEFAULTS.minP,
    repeatPenalty: repeatPenalty(request),
    ...(typeof seed === 'number' && seed >= 0 ? { seed: seed % SEEDS } : {}),
  }
}

/** @returns undefined: until it is done, or the context is full. */
export function maxTokens(request: Sampling): number | undefined {
  const limit = request.max_completion_tokens ?? request.max_tokens ?? request.n_predict
  return typeof limit === 'number' && limit >= 0 ? limit : undefined
}

function repeatPenalty(request: Sampling): false | RepeatPenalty {
  const penalty = request.repeat_penalty ?? request.repetition_penalty ?? 1
  const frequencyPenalty = request.frequency_penalty ?? 0
  const presencePenalty = request.presence_penalty ?? 0
  const lastTokens = request.repeat_last_n ?? DEFAULTS.lastTokens
  if (lastTokens <= 0 || (penalty === 1 && frequencyPenalty === 0 && presencePenalty === 0)) return false
  return { lastTokens, penalty, frequencyPenalty, presencePenalty }
}
