import { type ModelSettings } from '#shared/entities.ts'
import {
  type LlmChoice,
  type LlmSettings,
  type LlmSettingsPatch,
  type ModelDraft,
  type SamplerPreset,
} from '#shared/protocol/settings.ts'

export interface FallbackForm {
  model: string
  /** Empty: on the same server. */
  baseUrl: string
  /** A new one; empty: the one that is kept, if there is one. */
  apiKey: string
  hasKey: boolean
}

/** What the fields hold. Empty is not set. */
export interface SettingsForm {
  engine: LlmChoice
  baseUrl: string
  /** A new one; empty: the one that is kept, if there is one. */
  apiKey: string
  isKeyDropped: boolean
  model: string
  contextTokens: number | null
  fallbacks: FallbackForm[]
  sampling: ModelSettings
  presets: SamplerPreset[]
}

export function formOf(settings: LlmSettings): SettingsForm {
  return {
    engine: settings.llm,
    baseUrl: settings.llm_base_url ?? '',
    apiKey: '',
    isKeyDropped: false,
    model: settings.llm_model ?? '',
    contextTokens: settings.llm_context_tokens ?? null,
    fallbacks: settings.llm_fallbacks.map(({ model, base_url: baseUrl = '', has_api_key: hasKey }) => ({
      model,
      baseUrl,
      apiKey: '',
      hasKey,
    })),
    sampling: { ...settings.llm_settings },
    presets: settings.llm_presets.map((preset) => ({ ...preset, settings: { ...preset.settings } })),
  }
}

/** What in the fields is different from what is kept. */
export function patchOf(form: SettingsForm, settings: LlmSettings): LlmSettingsPatch {
  const kept = wordsOf(formOf(settings))
  const changed = Object.entries(wordsOf(form)).filter(
    ([key, value]) => !isSame(value, Reflect.get(kept, key)),
  )
  return Object.fromEntries(changed)
}

/** What is to be tried, kept or not. A key that was typed goes with it, and only then. */
export function draftOf(form: SettingsForm, settings: LlmSettings): ModelDraft {
  const { llm, llm_base_url, llm_model, llm_settings, llm_api_key } = wordsOf(form)
  const isFixed = (key: string) => key in settings.fixed
  const draft: ModelDraft = { llm_settings, ...(llm_api_key === undefined ? {} : { llm_api_key }) }
  if (!isFixed('llm')) draft.llm = llm
  // Unchanged, it is the server whose key is kept.
  if (!isFixed('llm_base_url') && (llm_base_url ?? undefined) !== settings.llm_base_url) {
    draft.llm_base_url = llm_base_url
  }
  if (!isFixed('llm_model')) draft.llm_model = llm_model
  return draft
}

/** The whole form as a patch. */
function wordsOf(form: SettingsForm) {
  const apiKey = form.apiKey.trim()
  const droppedKey = form.isKeyDropped ? null : undefined
  return {
    llm: form.engine,
    llm_base_url: form.baseUrl.trim() || null,
    llm_api_key: apiKey || droppedKey,
    llm_model: form.model.trim() || null,
    llm_context_tokens: form.contextTokens,
    llm_fallbacks: form.fallbacks.filter(({ model }) => model.trim() !== '').map(fallbackWords),
    llm_settings: toldOnly(form.sampling),
    llm_presets: form.presets,
  }
}

function fallbackWords({ model, baseUrl, apiKey }: FallbackForm) {
  return {
    model: model.trim(),
    ...(baseUrl.trim() ? { base_url: baseUrl.trim() } : {}),
    ...(apiKey.trim() ? { api_key: apiKey.trim() } : {}),
  }
}

/** Without the fields that were emptied. */
export function toldOnly(settings: ModelSettings): ModelSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
}

/** The list with one of it a place earlier or later. */
export function moved<Item>(items: readonly Item[], index: number, by: 1 | -1): Item[] {
  const [one, other] = [items[index], items[index + by]]
  if (one === undefined || other === undefined) return [...items]
  return items.with(index, other).with(index + by, one)
}

/** Of two settings, whatever the order of their keys. */
export function isSame(one: unknown, other: unknown): boolean {
  return ordered(one) === ordered(other)
}

function ordered(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
