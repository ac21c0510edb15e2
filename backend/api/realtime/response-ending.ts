import { type Usage } from '../core/contract.ts'

/** How a response ended. */
export type Ending =
  | { readonly status: 'completed' }
  | { readonly status: 'cancelled'; readonly reason: 'turn_detected' | 'client_cancelled' }
  | { readonly status: 'incomplete'; readonly reason: 'max_output_tokens' | 'content_filter' }
  | { readonly status: 'failed'; readonly error: { readonly code: string; readonly message: string } }

/** Why it ended, where that is not plain. */
export function detailsOf(ending: Ending | undefined): Record<string, unknown> | null {
  if (!ending || ending.status === 'completed') return null
  if (ending.status !== 'failed') return { type: ending.status, reason: ending.reason }
  const { code, message } = ending.error
  return { type: 'failed', error: { type: 'server_error', code, message } }
}

/** The model reads and writes text: sound costs it nothing. */
export function usageOf(usage: Usage | undefined): Record<string, unknown> | null {
  if (!usage) return null
  const { promptTokens, completionTokens, cachedTokens } = usage
  return {
    total_tokens: promptTokens + completionTokens,
    input_tokens: promptTokens,
    output_tokens: completionTokens,
    input_token_details: {
      text_tokens: promptTokens,
      audio_tokens: 0,
      image_tokens: 0,
      cached_tokens: cachedTokens,
      cached_tokens_details: { text_tokens: cachedTokens, audio_tokens: 0, image_tokens: 0 },
    },
    output_token_details: { text_tokens: completionTokens, audio_tokens: 0 },
  }
}
