import { AppError } from '../../errors.ts'
import {
  type CommandConfig,
  type LlamaConfig,
  type ModelConfig,
  type Runtime,
  servedName,
  type WhisperConfig,
} from '../config/model-config.ts'
import { type Place } from './places.ts'

/** How a process is started: a pure function of the settings and of where it is to listen. */
export interface LaunchPlan {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly readyPath: string
  /** Before `/chat/completions`. */
  readonly basePath: string
  /** Whether it can be asked at `/slots` what it is working on. */
  readonly hasSlots: boolean
}

export interface PlanContext {
  readonly runtimes: Readonly<Record<string, Runtime>>
  readonly place: Place
  /** What requests have to show. */
  readonly apiKey: string
}

const LOOPBACK = '127.0.0.1'

export type ProcessConfig = Exclude<ModelConfig, { kind: 'gguf' }>

/** Whether it wants a socket file instead of a port. */
export function wantsSocket(config: ProcessConfig): boolean {
  if (config.kind === 'llama') return config.listen === 'socket'
  return config.command?.some((word) => word.includes('${SOCKET}')) ?? false
}

/** @throws AppError `engine_unavailable` if its runtime is not among the settings. */
export function planOf(config: ProcessConfig, context: PlanContext): LaunchPlan {
  if (config.kind === 'llama') return llamaPlan(config, context)
  if (config.kind === 'command') return commandPlan(config, context)
  const { command } = config
  return command ? commandPlan({ ...config, command }, context) : whisperPlan(config, context)
}

function llamaPlan(config: LlamaConfig, context: PlanContext): LaunchPlan {
  const { command, args, env } = runtimeOf(config, context)
  const { place, apiKey } = context
  return {
    command,
    args: [
      ...args,
      ...flag('--model', config.model),
      ...flag('--alias', config.id),
      ...(place.socketPath === undefined
        ? ['--host', LOOPBACK, '--port', String(place.port)]
        : ['--host', place.socketPath]),
      '--no-webui',
      '--slots',
      '--metrics',
      ...llamaModelFlags(config),
      ...llamaSpeedFlags(config),
      ...config.args,
    ],
    // Not among the arguments: those can be seen by everybody on this machine.
    env: { ...env, ...config.env, LLAMA_API_KEY: apiKey },
    readyPath: '/health',
    basePath: '/v1',
    hasSlots: true,
  }
}

function llamaModelFlags(config: LlamaConfig): string[] {
  const { context_tokens: contextTokens, parallel } = config
  return [
    ...flag('--parallel', parallel),
    // What it is told is the context of all requests together.
    ...flag('--ctx-size', contextTokens === undefined ? undefined : contextTokens * parallel),
    config.jinja ? '--jinja' : '--no-jinja',
    ...flag('--chat-template', config.chat_template),
    ...flag('--mmproj', config.mmproj),
    ...config.lora.flatMap((path) => ['--lora', path]),
    ...flag('--model-draft', config.draft_model),
    ...(config.embeddings ? ['--embedding'] : []),
    ...flag('--reasoning-budget', config.reasoning_budget),
  ]
}

function llamaSpeedFlags(config: LlamaConfig): string[] {
  return [
    ...flag('--n-gpu-layers', config.gpu_layers),
    ...flag('--threads', config.threads),
    ...flag('--batch-size', config.batch),
    ...flag('--flash-attn', config.flash_attention),
    ...flag('--cache-type-k', config.cache_type),
    ...flag('--cache-type-v', config.cache_type),
    ...flag('--cache-reuse', config.cache_reuse),
  ]
}

/** whisper.cpp's own server: it has no key, so it listens on loopback only, and answers at OpenAI's path. */
function whisperPlan(config: WhisperConfig, context: PlanContext): LaunchPlan {
  const { command, args, env } = runtimeOf(config, context)
  return {
    command,
    args: [
      ...args,
      ...flag('--model', config.model),
      ...flag('--host', LOOPBACK),
      ...flag('--port', context.place.port),
      ...flag('--inference-path', '/v1/audio/transcriptions'),
      ...flag('--language', config.language ?? 'auto'),
      ...flag('--threads', config.threads),
      ...config.args,
    ],
    env: { ...env, ...config.env },
    readyPath: config.ready_path,
    basePath: '/v1',
    hasSlots: false,
  }
}

function commandPlan(
  config: CommandConfig | (WhisperConfig & { command: string[] }),
  { place, apiKey }: PlanContext,
): LaunchPlan {
  const values: Readonly<Record<string, string>> = {
    HOST: LOOPBACK,
    PORT: String(place.port ?? ''),
    SOCKET: place.socketPath ?? '',
    API_KEY: apiKey,
    MODEL: servedName(config),
  }
  const filled = (text: string): string =>
    text.replaceAll(/\$\{(\w+)\}/gu, (all, name) => values[name] ?? all)
  const [command = '', ...args] = config.command.map(filled)
  const env = Object.entries(config.env).map(([name, value]) => [name, filled(value)])
  return {
    command,
    args: config.kind === 'whisper' ? [...args, ...config.args] : args,
    env: Object.fromEntries(env),
    readyPath: config.ready_path,
    basePath: config.kind === 'command' ? config.base_path : '/v1',
    hasSlots: config.kind === 'command' && config.slots,
  }
}

function flag(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [name, String(value)]
}

function runtimeOf({ id, runtime }: LlamaConfig | WhisperConfig, { runtimes }: PlanContext): Runtime {
  const found = runtimes[runtime]
  if (found) return found
  const known = Object.keys(runtimes).join(', ')
  throw new AppError(
    'engine_unavailable',
    `The runner "${id}" wants the runtime "${runtime}", which is not in the runners file; there are: ${known}`,
  )
}
