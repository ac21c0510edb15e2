import { type ModelSettings } from '#shared/entities.ts'
import { AppError } from '../../errors.ts'

/** What a request's `options` come to. */
export interface ReadOptions {
  readonly settings: ModelSettings
  readonly stops: readonly string[]
  /** What such servers know and our settings have no name for. */
  readonly extra: Readonly<Record<string, unknown>>
  /** Known to nobody, or to be decided when a model is loaded. */
  readonly ignored: readonly string[]
}

type Kind = 'integer' | 'float32' | 'boolean' | 'array'

/** All options there are, and what Ollama takes for them. */
const KINDS: Readonly<Record<string, Kind>> = {
  num_keep: 'integer',
  seed: 'integer',
  num_predict: 'integer',
  top_k: 'integer',
  top_p: 'float32',
  min_p: 'float32',
  typical_p: 'float32',
  repeat_last_n: 'integer',
  temperature: 'float32',
  repeat_penalty: 'float32',
  presence_penalty: 'float32',
  frequency_penalty: 'float32',
  stop: 'array',
  num_ctx: 'integer',
  num_batch: 'integer',
  num_gpu: 'integer',
  main_gpu: 'integer',
  num_thread: 'integer',
  use_mmap: 'boolean',
}
const PASSED_ON = ['typical_p', 'repeat_last_n', 'num_keep']
const USED = new Set([
  ...PASSED_ON,
  'seed',
  'num_predict',
  'top_k',
  'top_p',
  'min_p',
  'temperature',
  'stop',
  'repeat_penalty',
  'presence_penalty',
  'frequency_penalty',
])

/** @throws AppError `bad_message` for a value of the wrong type, in Ollama's words. */
export function readOptions(given: Readonly<Record<string, unknown>> = {}): ReadOptions {
  const options = Object.entries(given).filter(([, value]) => value !== null && value !== undefined)
  for (const [key, value] of options) checkKind(key, value)
  const values = new Map(options)
  const numbers = numberReader(values)
  const stop = values.get('stop')
  return {
    settings: settingsOf(numbers),
    stops: Array.isArray(stop) ? stop.filter((text) => typeof text === 'string' && text !== '') : [],
    extra: Object.fromEntries(options.filter(([key]) => PASSED_ON.includes(key))),
    ignored: options.map(([key]) => key).filter((key) => !USED.has(key)),
  }
}

function settingsOf(read: (key: string, bounds: Bounds) => number | undefined): ModelSettings {
  return present({
    temperature: read('temperature', { min: 0, max: 5 }),
    top_p: read('top_p', { min: 0, max: 1 }),
    min_p: read('min_p', { min: 0, max: 1 }),
    top_k: read('top_k', { min: 0, max: 1_000 }),
    frequency_penalty: read('frequency_penalty', { min: -2, max: 2 }),
    presence_penalty: read('presence_penalty', { min: -2, max: 2 }),
    repetition_penalty: read('repeat_penalty', { min: 0, max: 5 }),
    // Negative numbers ask for as much as there is room for, and for another seed each time.
    max_tokens: read('num_predict', { min: 1, max: 1_000_000, isOnlyFromMin: true }),
    seed: read('seed', { min: 0, max: 2_147_483_647, isOnlyFromMin: true }),
  })
}

interface Bounds {
  readonly min: number
  readonly max: number
  /** What is below counts as not given, instead of as the lowest. */
  readonly isOnlyFromMin?: boolean
}

function numberReader(values: ReadonlyMap<string, unknown>) {
  return (key: string, { min, max, isOnlyFromMin = false }: Bounds): number | undefined => {
    const value = values.get(key)
    if (typeof value !== 'number' || (isOnlyFromMin && value < min)) return undefined
    const whole = KINDS[key] === 'integer' ? Math.trunc(value) : value
    return Math.min(max, Math.max(min, whole))
  }
}

function checkKind(key: string, value: unknown): void {
  const kind = KINDS[key]
  if (kind === undefined) return
  if (kind === 'array') {
    checkStop(key, value)
    return
  }
  if (typeof value === (kind === 'boolean' ? 'boolean' : 'number')) return
  throw new AppError('bad_message', `option "${key}" must be of type ${kind}`)
}

function checkStop(key: string, value: unknown): void {
  if (!Array.isArray(value)) throw new AppError('bad_message', `option "${key}" must be of type array`)
  if (value.every((text) => typeof text === 'string')) return
  throw new AppError('bad_message', `option "${key}" must be of an array of strings`)
}

/** Without the keys that hold nothing. */
export function present<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  // The one cast: what is left has the keys and values it had.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(given) as { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> }
}
