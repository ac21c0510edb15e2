import { arch, platform } from 'node:process'
import { type GenerateEvent, type Talkable } from '../core/contract.ts'
import { tokensPerSecond } from './chat-events.ts'
import { contextOf } from './model-descriptions.ts'

type Finish = Extract<GenerateEvent, { type: 'finish' }>

/** What `/api/v0` says beyond OpenAI. */
export type Stats = Readonly<Record<string, object>>

/** @param finish absent: it never came to an end. */
export function v0Stats(finish: Finish | undefined, talkable: Talkable): Stats {
  const { firstTokenMs = 0, loadMs = 0, totalMs = 0 } = finish?.usage ?? {}
  const { file, kind } = talkable
  return {
    stats: {
      tokens_per_second: tokensPerSecond(finish?.usage),
      time_to_first_token: firstTokenMs / 1_000,
      generation_time: Math.max(0, totalMs - loadMs - firstTokenMs) / 1_000,
      stop_reason: finish ? stopReasonOf(finish.reason) : 'failed',
    },
    model_info: {
      arch: file?.architecture ?? (kind === 'character' ? 'character' : 'unknown'),
      quant: file?.quantization ?? '',
      format: file?.format ?? 'gguf',
      context_length: contextOf(talkable),
    },
  }
}

export function runtimeOf(version: string): Stats {
  return { runtime: { name: `troupe-${platform}-${arch}`, version, supported_formats: ['gguf'] } }
}

/** As LM Studio says why a reply ended; whether a stop text was met is not known here. */
export function stopReasonOf(reason: Finish['reason']): string {
  if (reason === 'length') return 'maxPredictedTokensReached'
  return reason === 'tool_calls' ? 'toolCalls' : 'eosFound'
}
