import { abortReason } from '../../../lib/abort.ts'
import { type LlamaSequence } from './llama-types.ts'

export interface PrefillOptions {
  /** Read at a time. Between two slices an abort is noticed. */
  readonly sliceTokens: number
  readonly signal: AbortSignal
}

/**
 * Reads a prompt, all but its last token, from where it differs from what the sequence has read before. The library
 * would do so too, but in one piece: an interrupted question with a long history would be read to its end.
 * A prompt that does not fit is left to the library, which shortens it.
 * @throws the signal's reason
 */
export async function prefill(
  sequence: LlamaSequence,
  tokens: readonly number[],
  { sliceTokens, signal }: PrefillOptions,
): Promise<void> {
  if (tokens.length + 1 >= sequence.contextSize) return
  await sequence.adaptStateToTokens(tokens, false)
  while (sequence.nextTokenIndex < tokens.length - 1) {
    if (signal.aborted) throw abortReason(signal)
    const from = sequence.nextTokenIndex
    const slice = tokens.slice(from, Math.min(from + sliceTokens, tokens.length - 1))
    await sequence.evaluateWithoutGeneratingNewTokens(slice)
  }
}
