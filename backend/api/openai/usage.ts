import { type Usage } from '../core/contract.ts'

/** As completions of both kinds tell it. */
export function completionUsage({ promptTokens, cachedTokens, completionTokens, reasoningTokens }: Usage) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  }
}
