import { type FinishReason, type HostUsage } from './host-events.ts'
import { type ResponseChunk, type StopReason } from './llama-types.ts'
import { type Slot } from './slots.ts'

/** Counts the tokens of one request; to be made before anything of it is read. */
export class UsageCounter {
  readonly #slot: Slot
  readonly #before: ReturnType<Slot['sequence']['tokenMeter']['getState']>
  readonly #promptTokens: number
  readonly #cachedTokens: number
  #reasoningTokens = 0

  constructor(slot: Slot, prompt: readonly number[]) {
    this.#slot = slot
    this.#before = slot.sequence.tokenMeter.getState()
    this.#promptTokens = prompt.length
    // The last one is always read again: what follows it is asked for.
    const known = slot.sequence.compareContextTokens(prompt).firstDifferentIndex
    this.#cachedTokens = Math.max(0, Math.min(known, prompt.length - 1))
  }

  thought({ tokens }: ResponseChunk): void {
    this.#reasoningTokens += tokens.length
  }

  get usage(): HostUsage {
    return {
      promptTokens: this.#promptTokens,
      cachedTokens: this.#cachedTokens,
      completionTokens: this.#slot.sequence.tokenMeter.diff(this.#before).usedOutputTokens,
      reasoningTokens: this.#reasoningTokens,
    }
  }
}

export function finishReasonOf(stopReason: StopReason): FinishReason {
  return REASONS[stopReason]
}

const REASONS: Readonly<Record<StopReason, FinishReason>> = {
  functionCalls: 'tool_calls',
  maxTokens: 'length',
  abort: 'length',
  eogToken: 'stop',
  stopGenerationTrigger: 'stop',
  customStopTrigger: 'stop',
}
