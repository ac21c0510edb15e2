import { type EngineStatus } from '#shared/entities.ts'
import { type Config } from '../config.ts'
import { AppError } from '../errors.ts'
import { type Clock } from '../lib/clock.ts'
import {
  type LanguageModel,
  type Synthesizer,
  type Transcriber,
  type VoiceActivityDetector,
} from './contracts.ts'
import { type EngineParts, type LocalEngines } from './engine-parts.ts'
import { ggufModel } from './llm/gguf/configured-model.ts'
import { createOpenAiModel } from './llm/openai.ts'
import { type ModelOverride } from './llm/model-info.ts'
import { createScriptedModel } from './llm/scripted/scripted-model.ts'
import { SwitchableModel } from './llm/switchable-model.ts'
import { createOpenAiTranscriber } from './stt/openai.ts'
import { createPocketsphinxTranscriber } from './stt/pocketsphinx/pocketsphinx-transcriber.ts'
import { createFliteSynthesizer } from './tts/flite/flite.ts'
import { createOpenAiSynthesizer } from './tts/openai.ts'
import { createSileroDetector } from './vad/silero/silero-detector.ts'

/** Where engines plug in: a line here, a literal in `config.ts`, and the contract suite runs on it. */

export interface Engines extends AsyncDisposable {
  readonly vad: VoiceActivityDetector
  readonly transcriber: Transcriber
  readonly model: LanguageModel
  readonly synthesizer: Synthesizer
  /** What is running, and why it was chosen. */
  statuses(): { vad: EngineStatus; stt: EngineStatus; llm: EngineStatus; tts: EngineStatus }
}

/** Engines of which the language model can be changed while they run. */
export interface LiveEngines extends Engines {
  readonly model: SwitchableModel
  /**
   * From now on the model that these settings choose answers; replies that have begun are finished by the old one.
   * @throws AppError `config_invalid`, and nothing has changed.
   */
  switchModel(config: Config): void
}

type Kind = 'llm' | 'stt' | 'tts'

const models = {
  openai: openAiModel,
  scripted: (_config: Config, clock: Clock) => createScriptedModel({ clock, random: Math.random }),
  runner: (config: Config, _clock: Clock, local?: LocalEngines) =>
    here(local).model(config.llm_runner ?? config.llm_model),
  gguf: ggufModel,
}
const transcribers = {
  openai: openAiTranscriber,
  pocketsphinx: (_config: Config, clock: Clock) => createPocketsphinxTranscriber({ clock }),
  runner: (config: Config, _clock: Clock, local?: LocalEngines) => here(local).transcriber(config.stt_runner),
}
const synthesizers = {
  openai: openAiSynthesizer,
  runner: ({ config, local }: VoiceParts) => here(local).synthesizer(config.tts_runner),
  flite: ({ config }: VoiceParts) => createFliteSynthesizer({ workers: config.tts_workers }),
}

interface VoiceParts extends EngineParts {
  readonly config: Config
  readonly clock: Clock
}

const FIRST_LIST_TIMEOUT_MS = 5_000

/**
 * Starts the engines that the settings choose.
 * @throws AppError `config_invalid`
 */
export async function createEngines(
  config: Config,
  clock: Clock,
  parts: EngineParts = {},
): Promise<LiveEngines> {
  const { local } = parts
  let llm = chooseModel(config)
  const stt = choose(config, 'stt', { setting: config.stt, server: 'openai', embedded: 'pocketsphinx' })
  const tts = choose(config, 'tts', { setting: config.tts, server: 'openai', embedded: 'flite' })
  const engines = {
    vad: await createSileroDetector(),
    transcriber: transcribers[stt.name](config, clock, local),
    model: new SwitchableModel(createLanguageModel(config, clock, local)),
    synthesizer: synthesizers[tts.name]({ ...parts, config, clock }),
  }
  // Known when somebody speaks; a server that is not there yet is asked again with the list of voices.
  engines.synthesizer.listVoices(AbortSignal.timeout(FIRST_LIST_TIMEOUT_MS)).catch(() => {})
  return {
    ...engines,
    switchModel(next) {
      engines.model.replace(createLanguageModel(next, clock, local))
      llm = chooseModel(next)
    },
    statuses: () => ({
      vad: engines.vad.status(),
      stt: explained(engines.transcriber.status(), stt.why),
      llm: explained(engines.model.status(), llm.why),
      tts: explained(engines.synthesizer.status(), tts.why),
    }),
    async [Symbol.asyncDispose]() {
      const { vad, transcriber, model, synthesizer } = engines
      await Promise.all([vad, transcriber, model, synthesizer].map((engine) => engine[Symbol.asyncDispose]()))
    },
  }
}

/** Starts the language model that the settings choose. @throws AppError `config_invalid` */
export function createLanguageModel(config: Config, clock: Clock, local?: LocalEngines): LanguageModel {
  return models[chooseModel(config).name](config, clock, local)
}

function here(local: LocalEngines | undefined): LocalEngines {
  if (local) return local
  throw new AppError('config_invalid', 'No models are run here: choose another engine than "runner"')
}

function chooseModel(config: Config): { name: keyof typeof models; why: string } {
  return choose(config, 'llm', { setting: config.llm, server: 'openai', embedded: 'scripted' })
}

/** `auto` takes a server that is configured, else what is embedded. */
function choose<Name extends string>(
  config: Config,
  kind: Kind,
  options: { setting: Name | 'auto'; server: Name; embedded: Name },
): { name: Name; why: string } {
  const { setting, server, embedded } = options
  if (setting !== 'auto') return { name: setting, why: `chosen by the setting "${kind}"` }
  if (config[`${kind}_base_url`]) return { name: server, why: `chosen because ${kind}_base_url is set` }
  return { name: embedded, why: `embedded; set ${kind}_base_url for a better one` }
}

function explained(status: EngineStatus, why: string): EngineStatus {
  return { ...status, detail: status.detail ? `${status.detail} (${why})` : why }
}

function openAiModel(config: Config, clock: Clock): LanguageModel {
  const server = serverOf(config, 'llm')
  return createOpenAiModel({
    ...server,
    clock,
    model: config.llm_model,
    fallbacks: [
      ...config.llm_fallback_models.map((model) => ({ ...server, model })),
      ...config.llm_fallbacks.map((fallback) => fallbackOf(fallback, server)),
    ],
    models: config.llm_models.map(overrideOf),
    contextTokens: config.llm_context_tokens,
    ollama: {
      numCtx: config.llm_num_ctx,
      keepAlive: config.llm_keep_alive,
      pullsMissing: config.llm_pull_missing,
    },
    retry: {
      maxRetries: config.llm_max_retries,
      baseMs: config.llm_retry_base_ms,
      maxMs: config.llm_retry_max_ms,
    },
    fallbackAfterMs: config.llm_fallback_after_ms,
    cooldownMs: config.llm_cooldown_ms,
    firstTokenTimeoutMs: config.first_token_timeout_ms,
    tokenTimeoutMs: config.token_timeout_ms,
  })
}

/** Without an address it is on the same server; with one, our key is not for it. */
function fallbackOf(
  { base_url: baseUrl, api_key: apiKey, model }: Config['llm_fallbacks'][number],
  server: { baseUrl: string; apiKey?: string },
): { baseUrl: string; apiKey?: string | undefined; model: string } {
  const isElsewhere = baseUrl !== undefined && baseUrl !== server.baseUrl
  return isElsewhere ? { baseUrl, apiKey, model } : { ...server, ...(apiKey ? { apiKey } : {}), model }
}

function overrideOf(entry: Config['llm_models'][number]): ModelOverride {
  const { id, context_tokens: contextTokens, tools: canUseTools, starts_thinking: startsThinking } = entry
  const { roles, template, prices, settings } = entry
  return { id, contextTokens, canUseTools, startsThinking, roles, template, prices, settings }
}

function openAiTranscriber(config: Config, clock: Clock): Transcriber {
  const timeoutMs = config.transcription_timeout_ms
  return createOpenAiTranscriber({ ...serverOf(config, 'stt'), clock, model: config.stt_model, timeoutMs })
}

function openAiSynthesizer({ config, clock, readMedia }: VoiceParts): Synthesizer {
  return createOpenAiSynthesizer({
    ...serverOf(config, 'tts'),
    clock,
    readMedia,
    model: config.tts_model,
    sampleRate: config.tts_sample_rate,
    voices: config.tts_voices,
    clone: config.tts_clone === false ? undefined : config.tts_clone,
    language: config.tts_language,
    extra: config.tts_extra,
    firstByteTimeoutMs: config.first_audio_timeout_ms,
  })
}

function serverOf(config: Config, kind: Kind): { baseUrl: string; apiKey?: string } {
  const baseUrl = config[`${kind}_base_url`]
  if (!baseUrl) {
    throw new AppError(
      'config_invalid',
      `"${kind}" is "openai", but ${kind}_base_url is missing: say where the server is`,
    )
  }
  const apiKey = config[`${kind}_api_key`]
  return apiKey === undefined ? { baseUrl } : { baseUrl, apiKey }
}
