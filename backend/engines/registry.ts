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
import { createOpenAiModel } from './llm/openai.ts'
import { createScriptedModel } from './llm/scripted/scripted-model.ts'
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

type Kind = 'llm' | 'stt' | 'tts'

const models = {
  openai: openAiModel,
  scripted: (_config: Config, clock: Clock) => createScriptedModel({ clock, random: Math.random }),
}
const transcribers = {
  openai: openAiTranscriber,
  pocketsphinx: (_config: Config, clock: Clock) => createPocketsphinxTranscriber({ clock }),
}
const synthesizers = {
  openai: openAiSynthesizer,
  flite: (config: Config) => createFliteSynthesizer({ workers: config.tts_workers }),
}

/** Starts the engines that the settings choose. @throws AppError `config_invalid` */
export async function createEngines(config: Config, clock: Clock): Promise<Engines> {
  const llm = chooseModel(config)
  const stt = choose(config, 'stt', { setting: config.stt, server: 'openai', embedded: 'pocketsphinx' })
  const tts = choose(config, 'tts', { setting: config.tts, server: 'openai', embedded: 'flite' })
  const engines = {
    vad: await createSileroDetector(),
    transcriber: transcribers[stt.name](config, clock),
    model: createLanguageModel(config, clock),
    synthesizer: synthesizers[tts.name](config, clock),
  }
  return {
    ...engines,
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
export function createLanguageModel(config: Config, clock: Clock): LanguageModel {
  return models[chooseModel(config).name](config, clock)
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
  return createOpenAiModel({
    ...serverOf(config, 'llm'),
    clock,
    firstTokenTimeoutMs: config.first_token_timeout_ms,
    tokenTimeoutMs: config.token_timeout_ms,
    ...(config.llm_model === undefined ? {} : { model: config.llm_model }),
  })
}

function openAiTranscriber(config: Config, clock: Clock): Transcriber {
  const timeoutMs = config.transcription_timeout_ms
  return createOpenAiTranscriber({ ...serverOf(config, 'stt'), clock, model: config.stt_model, timeoutMs })
}

function openAiSynthesizer(config: Config, clock: Clock): Synthesizer {
  const firstByteTimeoutMs = config.first_audio_timeout_ms
  return createOpenAiSynthesizer({
    ...serverOf(config, 'tts'),
    clock,
    model: config.tts_model,
    firstByteTimeoutMs,
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
