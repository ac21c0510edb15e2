import { isDeepStrictEqual } from 'node:util'
import { type ModelConfig, type RunnersFile } from './model-config.ts'

/** What counts without a new start. */
const LIVE = new Set([
  'aliases',
  'max_queue',
  'ttl_s',
  'pinned',
  'group',
  'memory_mib',
  'load_stall_s',
  'load_max_s',
  'stop_grace_s',
  'drain_s',
  'max_crashes',
  'health_every_s',
  'health_failures',
])

interface Runtimes {
  readonly before: Pick<RunnersFile, 'runtimes'>
  readonly after: Pick<RunnersFile, 'runtimes'>
}

/** Whether what runs with the one settings is not what would run with the other. */
export function needsRestart(before: ModelConfig, after: ModelConfig, runtimes: Runtimes): boolean {
  if (!isDeepStrictEqual(launched(before), launched(after))) return true
  return !isDeepStrictEqual(runtimeOf(before, runtimes.before), runtimeOf(after, runtimes.after))
}

function launched(config: ModelConfig): unknown {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !LIVE.has(key)))
}

function runtimeOf(config: ModelConfig, { runtimes }: Pick<RunnersFile, 'runtimes'>): unknown {
  return 'runtime' in config ? runtimes[config.runtime] : undefined
}
