import { type GenerationInfo } from '#shared/entities.ts'
import { type TroupeClient } from './client.ts'
import { type TurnResult } from './turn-watch.ts'

/** How a reply came about, in one line: `llama3.1 · first word 0.2 s · 42 tokens · 31 tokens/s · 1.6 s`. */
export async function statsOf(client: TroupeClient, turn: TurnResult): Promise<string> {
  const generations = await Promise.all(
    turn.messageIds.map(async (message_id) => {
      // A message that was interrupted before its first word is not stored.
      const message = await client.request('get_message', { message_id }).catch(() => undefined)
      return message?.generation ?? undefined
    }),
  )
  return statsLine(
    turn.metrics,
    generations.filter((generation) => generation !== undefined),
  )
}

export function statsLine(metrics: TurnResult['metrics'], generations: readonly GenerationInfo[]): string {
  const models = [...new Set(generations.map(({ model }) => model))].join(', ')
  const failed = [...new Set(generations.flatMap(({ failed_models }) => failed_models ?? []))].join(', ')
  const tokens = sum(generations.map(({ completion_tokens }) => completion_tokens)) ?? metrics.tokens
  const writtenMs = sum(
    generations.map(({ duration_ms, ttft_ms }) =>
      duration_ms === undefined ? undefined : duration_ms - (ttft_ms ?? 0),
    ),
  )
  const promptTokens = sum(generations.map(({ prompt_tokens }) => prompt_tokens))
  const cachedTokens = sum(generations.map(({ cached_tokens }) => cached_tokens))
  const reasoningTokens = sum(generations.map(({ reasoning_tokens }) => reasoning_tokens))
  const cost = sum(generations.map((generation) => generation.cost))
  const parts = [
    models,
    failed && `instead of ${failed}`,
    metrics.llm_ttft !== undefined && `first word ${seconds(metrics.llm_ttft)}`,
    tokens !== undefined && `${tokens} tokens`,
    tokens !== undefined && writtenMs !== undefined && writtenMs > 0 && `${rate(tokens, writtenMs)} tokens/s`,
    reasoningTokens !== undefined && reasoningTokens > 0 && `${reasoningTokens} of them thoughts`,
    promptTokens !== undefined && `prompt ${promptTokens}${cachedTokens ? ` (${cachedTokens} cached)` : ''}`,
    cost !== undefined && `cost ${cost.toFixed(6)}`,
    metrics.total !== undefined && seconds(metrics.total),
  ]
  return parts.filter(Boolean).join(' · ')
}

function sum(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0)
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
}

function rate(tokens: number, ms: number): string {
  return (tokens / (ms / 1000)).toFixed(1)
}
