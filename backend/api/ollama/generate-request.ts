import { type ModelSettings } from '#shared/entities.ts'
import { AppError } from '../../errors.ts'
import { type GenerateRequest, type Talkable } from '../core/contract.ts'
import { readOptions } from './options.ts'
import { type ChatRequest } from './requests.ts'

type Asked = Pick<ChatRequest, 'format' | 'options' | 'think'>

/** Everything of a request but its messages and tools. @throws AppError `bad_message` */
export function basicsOf(
  { format, options, think }: Asked,
  talkable: Talkable,
): Omit<GenerateRequest, 'messages' | 'tools'> & { readonly ignored: readonly string[] } {
  const { settings, stops, extra, ignored } = readOptions(options ?? {})
  const effort = effortOf(think ?? undefined, talkable)
  const wanted = formatOf(format ?? undefined)
  return {
    model: talkable.id,
    settings: effort === undefined ? settings : { ...settings, reasoning_effort: effort },
    stops,
    extra,
    ignored,
    ...(wanted === undefined ? {} : { format: wanted }),
  }
}

/** Some programs send an empty text where they mean nothing at all. */
function formatOf(format: Asked['format']): GenerateRequest['format'] {
  if (format === undefined || format === null || format === '') return undefined
  if (format === 'json') return 'json'
  if (typeof format === 'object') return { name: 'schema', schema: format, strict: true }
  throw new AppError(
    'bad_message',
    `invalid format: ${JSON.stringify(format)}; expected "json" or a valid JSON Schema object`,
  )
}

const EFFORTS: Readonly<Record<string, ModelSettings['reasoning_effort']>> = {
  low: 'low',
  medium: 'medium',
  high: 'high',
  max: 'high',
}

function effortOf(
  think: boolean | string | undefined,
  { canThink, id }: Talkable,
): ModelSettings['reasoning_effort'] {
  if (think === undefined || think === '') return undefined
  // What cannot think need not be told not to; some servers take it ill.
  if (think === false) return canThink ? 'none' : undefined
  const effort = think === true ? 'medium' : EFFORTS[think]
  if (effort === undefined) {
    throw new AppError(
      'bad_message',
      `invalid think value: ${JSON.stringify(think)} (must be "high", "medium", "low", "max", true, or false)`,
    )
  }
  if (!canThink) throw new AppError('bad_message', `"${id}" does not support thinking`)
  return effort
}
