import { z } from 'zod'
import { ModelSettings } from '#shared/entities.ts'
import { hosting } from './config-hosting.ts'
import { local } from './config-local.ts'
import { Flag, Json, List, Milliseconds, Port, Share, Url } from './config-fields.ts'

/**
 * Every setting, once. The same key is a flag (`--llm-base-url`), an environment variable (`TROUPE_LLM_BASE_URL`)
 * and a key of `troupe.config.json` (`llm_base_url`); `config-sources.ts` reads them in that order.
 */

/** How the prompt of a model without a chat API is written; see `engines/llm/prompt-templates.ts`. */
export const PROMPT_TEMPLATES = ['chatml', 'llama3', 'mistral', 'gemma', 'alpaca', 'vicuna', 'plain'] as const
const Tokens = z.coerce.number().int().min(256).max(100_000_000)
const Price = z.number().min(0)

const FallbackModel = z.strictObject({
  base_url: Url.optional(),
  api_key: z.string().optional(),
  model: z.string().min(1),
})
const ModelEntry = z.strictObject({
  id: z.string().min(1),
  context_tokens: Tokens.optional(),
  tools: z.boolean().optional(),
  roles: z.enum(['free', 'merged', 'one_system', 'strict', 'no_system']).optional(),
  template: z.enum(PROMPT_TEMPLATES).optional(),
  starts_thinking: z.boolean().optional(),
  prices: z.strictObject({ prompt: Price, completion: Price, cached: Price.optional() }).optional(),
  settings: ModelSettings.optional(),
})
const FieldName = z.string().regex(/^\w{1,64}$/, 'expected the name of a field, e.g. ref_audio')
const CloneFields = z.strictObject({
  audio: FieldName.default('ref_audio'),
  text: FieldName.default('ref_text'),
  form: z.enum(['data_url', 'base64']).default('data_url'),
  voice: z.string().min(1).optional(),
})
const LanguageField = z.strictObject({
  field: FieldName,
  form: z.enum(['code', 'tag', 'name']).default('code'),
})
const SamplerPreset = z.strictObject({ name: z.string().min(1), settings: ModelSettings })

export const LLM_ENGINES = ['auto', 'openai', 'runner', 'gguf', 'scripted'] as const
export const STT_ENGINES = ['auto', 'openai', 'runner', 'pocketsphinx'] as const
export const TTS_ENGINES = ['auto', 'openai', 'runner', 'flite'] as const
export const SEARCH_PROVIDERS = ['auto', 'searxng', 'brave', 'tavily'] as const

export const Config = z.strictObject({
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Address to listen on. Elsewhere than loopback a token is required.'),
  port: Port.default(8000).describe('Port to listen on; 0 takes any free one.'),
  data_dir: z
    .string()
    .min(1)
    .default('./data')
    .describe('Where the database and this file live. Flag or environment only.'),
  token: z.string().min(8).optional().describe('Secret that clients must show.'),
  allowed_hosts: List.default([]).describe('Further names under which this server may be addressed.'),
  allowed_origins: List.default([]).describe('Further web origins that may talk to this server.'),
  log_level: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  user_name: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .describe('What the user is called in conversations.'),

  ...hosting,
  ...local,

  llm: z
    .enum(LLM_ENGINES)
    .default('auto')
    .describe('Language model: auto takes openai if llm_base_url is set, else scripted.'),
  llm_base_url: Url.optional().describe('OpenAI-compatible server, e.g. http://127.0.0.1:11434/v1'),
  llm_api_key: z.string().optional(),
  llm_model: z
    .string()
    .optional()
    .describe('Absent: the first model the server lists. With the engine gguf: the path of the file.'),
  llm_fallback_models: List.default([]).describe(
    'Models of the same server that answer when llm_model cannot.',
  ),
  llm_fallbacks: Json(z.array(FallbackModel))
    .default([])
    .describe('Models of any server that answer after those: { base_url, api_key, model }.'),
  llm_models: Json(z.array(ModelEntry))
    .default([])
    .describe('What the server does not tell of its models, or tells wrong.'),
  llm_context_tokens: Tokens.optional().describe('Context of the models of llm_base_url.'),
  llm_max_retries: z.coerce.number().int().min(0).max(10).default(2).describe('Before the first word only.'),
  llm_retry_base_ms: Milliseconds(1, 60_000)
    .default(250)
    .describe('First wait; each further one is twice as long.'),
  llm_retry_max_ms: Milliseconds(1, 60_000).default(4_000).describe('Longest wait, Retry-After included.'),
  llm_fallback_after_ms: Milliseconds(100, 600_000)
    .default(8_000)
    .describe('How long a model with another one behind it may take to its first word.'),
  llm_cooldown_ms: Milliseconds(0, 3_600_000)
    .default(30_000)
    .describe('How long a model that failed is left out, if there is another.'),
  llm_num_ctx: Tokens.optional().describe('Ollama only: context to load the model with.'),
  llm_keep_alive: z
    .union([
      z.string().regex(/^-?\d+(?:\.\d+)?(?:ms|s|m|h)?$|^(?:\d+[smh])+$/u, 'expected 30m, 1h, seconds or -1'),
      z.number().transform(String),
    ])
    .optional()
    .describe('Ollama only: how long the model stays loaded.'),
  llm_pull_missing: Flag.default(false).describe(
    'Ollama only: fetches models that are configured but missing.',
  ),
  llm_settings: ModelSettings.default({}).describe('Sampling settings of new sessions. Config file only.'),
  llm_presets: Json(z.array(SamplerPreset))
    .default([])
    .describe('Sampling settings to choose from, by name: { name, settings }.'),
  stt: z
    .enum(STT_ENGINES)
    .default('auto')
    .describe('Speech recognition: auto takes openai if stt_base_url is set, else pocketsphinx.'),
  stt_base_url: Url.optional(),
  stt_api_key: z.string().optional(),
  stt_model: z.string().default('whisper-1'),
  tts: z
    .enum(TTS_ENGINES)
    .default('auto')
    .describe('Voices: auto takes openai if tts_base_url is set, else flite.'),
  tts_base_url: Url.optional(),
  tts_api_key: z.string().optional(),
  tts_model: z.string().default('tts-1'),
  tts_voices: List.default([]).describe('Its voices, for a server that cannot be asked for them.'),
  tts_sample_rate: z.coerce
    .number()
    .int()
    .min(8_000)
    .max(48_000)
    .default(24_000)
    .describe('Of the raw PCM that the server sends.'),
  tts_clone: Json(z.union([z.literal(false), CloneFields]))
    .default({ audio: 'ref_audio', text: 'ref_text', form: 'data_url' })
    .describe(
      'Where the server wants the recording of a cloned voice: { audio, text, form, voice }, or false.',
    ),
  tts_language: Json(LanguageField.optional()).describe(
    'Where the server wants the language: { field, form }; absent: in words, with the instructions.',
  ),
  tts_extra: Json(z.record(z.string(), z.unknown()))
    .default({})
    .describe('Put into every request for speech, e.g. { "stream_format": "audio" } for vLLM-Omni.'),
  tts_workers: z.coerce.number().int().min(1).max(16).default(2).describe('Threads of the embedded voices.'),

  first_token_timeout_ms: Milliseconds(100, 600_000)
    .default(60_000)
    .describe('How long the model may take to its first word.'),
  token_timeout_ms: Milliseconds(100, 600_000)
    .default(20_000)
    .describe('How long the model may pause between words.'),
  first_audio_timeout_ms: Milliseconds(100, 600_000)
    .default(15_000)
    .describe('How long a voice may take to its first sound.'),
  transcription_timeout_ms: Milliseconds(100, 600_000)
    .default(15_000)
    .describe('How long recognition may take after speech has ended.'),

  speech_threshold: Share.default(0.5).describe('Probability above which sound counts as speech.'),
  min_speech_ms: Milliseconds(32, 2_000).default(96).describe('Shorter sounds are not taken for speech.'),
  end_of_turn_silence_ms: Milliseconds(100, 5_000).default(500).describe('Pause before reply.'),
  pre_roll_ms: Milliseconds(300, 2_000).default(320).describe('Sound kept from before speech was noticed.'),
  max_utterance_ms: Milliseconds(1_000, 120_000)
    .default(30_000)
    .describe('Longer speech is cut into several messages.'),
  release_tail_ms: Milliseconds(0, 2_000)
    .default(250)
    .describe('Sound still taken after push-to-talk is released.'),
  barge_in_ms: Milliseconds(96, 3_000)
    .default(450)
    .describe('Speech of this length interrupts, words or not.'),

  search_provider: z
    .enum(SEARCH_PROVIDERS)
    .default('auto')
    .describe('Web search: auto takes the first of searxng, brave, tavily that has an address or a key.'),
  search_url: Url.optional().describe('A SearXNG server that answers JSON, e.g. http://127.0.0.1:8080'),
  brave_api_key: z.string().min(1).optional(),
  tavily_api_key: z.string().min(1).optional(),
  tools_folder: List.default([]).describe('Folders whose text files characters may read.'),
})

export type Config = z.infer<typeof Config>
