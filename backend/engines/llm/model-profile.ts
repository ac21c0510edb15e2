import { type ModelProfile } from '../contracts.ts'
import { type ModelInfo, type Prices } from './model-info.ts'
import { tableInfoOf } from './model-table.ts'
import { type Usage } from './reply-chunk.ts'

/** Small enough for every model of the last years, large enough for a conversation. */
const DEFAULT_CONTEXT_TOKENS = 8_192

/** The most trusted first. */
export function mergedInfo(id: string, infos: readonly (ModelInfo | undefined)[]): ModelInfo {
  const merged: Record<string, unknown> = {}
  for (const info of [...infos, tableInfoOf(id)]) {
    for (const [key, value] of Object.entries(info ?? {})) {
      if (value !== undefined) merged[key] ??= value
    }
  }
  return merged
}

export function profileOf(id: string, info: ModelInfo): ModelProfile {
  const hasChatApi = info.template === undefined
  return {
    id,
    contextTokens: info.contextTokens ?? DEFAULT_CONTEXT_TOKENS,
    // Those that know no tools refuse them, and that is remembered.
    canUseTools: hasChatApi && (info.canUseTools ?? true),
    ...(info.canSee === undefined ? {} : { canSee: hasChatApi && info.canSee }),
    // The servers' own templates are strict about unknown models; ours take any order.
    roles: info.roles ?? (hasChatApi ? 'strict' : 'free'),
    isLanguageModel: true,
  }
}

/** What a reply cost: as the server says, else by the prices, else nobody knows. */
export function costOf(usage: Usage, prices: Prices | undefined): number | undefined {
  if (usage.cost !== undefined) return usage.cost
  const { promptTokens, completionTokens, cachedTokens = 0 } = usage
  if (!prices || promptTokens === undefined || completionTokens === undefined) return undefined
  const freshTokens = Math.max(0, promptTokens - cachedTokens)
  const cached = cachedTokens * (prices.cached ?? prices.prompt)
  return (freshTokens * prices.prompt + cached + completionTokens * prices.completion) / 1_000_000
}
