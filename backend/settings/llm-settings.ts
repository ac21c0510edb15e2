import { type EngineStatus } from '#shared/entities.ts'
import { type LlmSettings, type LlmSettingsPatch, type ModelDraft } from '#shared/protocol/settings.ts'
import { type Config } from '../config.ts'

/** The keys that are changed here; everything else of the file is somebody else's. */
export const LLM_KEYS = [
  'llm',
  'llm_base_url',
  'llm_api_key',
  'llm_model',
  'llm_fallback_models',
  'llm_fallbacks',
  'llm_context_tokens',
  'llm_settings',
  'llm_presets',
] as const satisfies readonly (keyof Config)[]

type Fallback = Config['llm_fallbacks'][number]

interface Known {
  readonly fixed: Readonly<Record<string, string>>
  readonly needsRestart: boolean
  readonly engine: EngineStatus
}

/** What may be told of the settings: everything but the keys. */
export function shownSettings(config: Config, known: Known): LlmSettings {
  return {
    llm: config.llm,
    llm_base_url: config.llm_base_url,
    has_api_key: config.llm_api_key !== undefined,
    llm_model: config.llm_model,
    llm_fallbacks: fallbacksOf(config).map(({ api_key: key, ...shown }) => ({
      ...shown,
      has_api_key: key !== undefined,
    })),
    llm_context_tokens: config.llm_context_tokens,
    llm_settings: config.llm_settings,
    llm_presets: config.llm_presets,
    fixed: Object.fromEntries(LLM_KEYS.flatMap((key) => shownName(known.fixed, key))),
    needs_restart: known.needsRestart,
    engine: known.engine,
  }
}

/** What a patch changes in the file; undefined takes a key away. */
export function fileChanges(patch: LlmSettingsPatch, config: Config): Record<string, unknown> {
  const { llm_fallbacks: fallbacks, ...plain } = patch
  const changes: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(plain)) {
    if (value !== undefined) changes[key] = value ?? undefined
  }
  if (isElsewhere(patch.llm_base_url, config) && patch.llm_api_key === undefined) {
    changes['llm_api_key'] = undefined
  }
  if (fallbacks) {
    // One list says it all; the short form of the same would stand before it.
    changes['llm_fallback_models'] = undefined
    changes['llm_fallbacks'] = fallbacks.map((fallback) => withKnownKey(fallback, config))
  }
  return changes
}

/** The settings with a model that is only looked at: alone, so that nobody answers for it. */
export function draftConfig(config: Config, draft: ModelDraft): Config {
  const keepsKey = !isElsewhere(draft.llm_base_url, config)
  const key = draft.llm_api_key === undefined && keepsKey ? config.llm_api_key : draft.llm_api_key
  return {
    ...config,
    llm: draft.llm === undefined ? config.llm : (draft.llm ?? 'auto'),
    llm_base_url: draft.llm_base_url === undefined ? config.llm_base_url : (draft.llm_base_url ?? undefined),
    llm_api_key: key ?? undefined,
    llm_model: draft.llm_model === undefined ? config.llm_model : (draft.llm_model ?? undefined),
    llm_settings: draft.llm_settings ?? config.llm_settings,
    llm_fallback_models: [],
    llm_fallbacks: [],
  }
}

/** Both ways to write them, in the order in which they are tried. */
function fallbacksOf({ llm_fallback_models: models, llm_fallbacks: fallbacks }: Config): Fallback[] {
  return [...models.map((model) => ({ model })), ...fallbacks]
}

function withKnownKey(fallback: Fallback, config: Config): Fallback {
  const known = config.llm_fallbacks.find(
    (one) => one.model === fallback.model && one.base_url === fallback.base_url,
  )
  const key = fallback.api_key ?? known?.api_key
  return { ...fallback, ...(key === undefined ? {} : { api_key: key }) }
}

function isElsewhere(address: string | null | undefined, config: Config): boolean {
  if (address === undefined) return false
  return address === null || originOf(address) !== originOf(config.llm_base_url ?? '')
}

function originOf(address: string): string {
  return URL.canParse(address) ? new URL(address).origin : ''
}

/** Both lists of fallbacks are one here. */
function shownName(fixed: Readonly<Record<string, string>>, key: string): [string, string][] {
  const name = fixed[key]
  return name === undefined ? [] : [[key === 'llm_fallback_models' ? 'llm_fallbacks' : key, name]]
}
