import { ggufProblem } from '../../engines/llm/gguf/installation.ts'
import { AppError } from '../../errors.ts'
import { ownProgram } from '../../lib/spawn.ts'
import {
  type CommandConfig,
  type GgufConfig,
  type LlamaConfig,
  type ModelConfig,
  type Runtime,
  servedName,
  type WhisperConfig,
} from '../config/model-config.ts'
import { flag, llamaFlags, loadingFlags, loadModeEnv } from './llama-flags.ts'
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

const GGUF_CHILD = new URL('../../engines/llm/gguf/gguf-child.ts', import.meta.url)
const LOOPBACK = '127.0.0.1'

/** Whether it wants a socket file instead of a port. */
export function wantsSocket(config: ModelConfig): boolean {
  if (config.kind === 'gguf') return true
  if (config.kind === 'llama') return config.listen === 'socket'
  return config.command?.some((word) => word.includes('${SOCKET}')) ?? false
}

/** @throws AppError `engine_unavailable` if its runtime is not among the settings. */
export function planOf(config: ModelConfig, context: PlanContext): LaunchPlan {
  if (config.kind === 'llama') return llamaPlan(config, context)
  if (config.kind === 'gguf') return ggufPlan(config, context)
  if (config.kind === 'command') return commandPlan(config, context)
  const { command } = config
  return command ? commandPlan({ ...config, command }, context) : whisperPlan(config, context)
}

/** Our own program behind the door of a llama-server. @throws AppError `engine_unavailable` if its parts are missing. */
function ggufPlan(config: GgufConfig, { place, apiKey }: PlanContext): LaunchPlan {
  const problem = ggufProblem()
  if (problem !== undefined) throw new AppError('engine_unavailable', problem)
  const [command, ...args] = ownProgram(GGUF_CHILD)
  return {
    command,
    args: [
      ...args,
      ...flag('--model', config.model),
      ...flag('--alias', config.id),
      ...flag('--host', place.socketPath),
      ...loadingFlags(config),
    ],
    env: { ...loadModeEnv(config), ...config.env, LLAMA_API_KEY: apiKey },
    readyPath: '/health',
    basePath: '/v1',
    hasSlots: true,
  }
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
      // Before the template: it decides which ones are understood.
      config.jinja ? '--jinja' : '--no-jinja',
      ...loadingFlags(config),
      ...llamaFlags(config),
      ...config.args,
    ],
    // Not among the arguments: those can be seen by everybody on this machine.
    env: { ...loadModeEnv(config), ...env, ...config.env, LLAMA_API_KEY: apiKey },
    readyPath: '/health',
    basePath: '/v1',
    hasSlots: true,
  }
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

function runtimeOf({ id, runtime }: LlamaConfig | WhisperConfig, { runtimes }: PlanContext): Runtime {
  const found = runtimes[runtime]
  if (found) return found
  const known = Object.keys(runtimes).join(', ')
  throw new AppError(
    'engine_unavailable',
    `The runner "${id}" wants the runtime "${runtime}", which is not in the runners file; there are: ${known}`,
  )
}
