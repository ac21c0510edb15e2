import { type AppError, toAppError } from '../../errors.ts'
import { invalid, type ProtocolFault } from './client-events.ts'

/** What a client is told of an error. Codes that programs look for are OpenAI's; the others are ours. */
export function faultOf(thrown: unknown, code?: string): ProtocolFault {
  const error = toAppError(thrown)
  const isTheirs = error.httpStatus < 500 && !error.code.startsWith('engine_')
  const { message } = error
  if (!isTheirs) return { type: 'server_error', code: error.code, message, param: null }
  return invalid({ code: code ?? CODES[error.code] ?? error.code, message, param: null })
}

const CODES: Partial<Record<AppError['code'], string>> = {
  invalid: 'invalid_value',
  not_found: 'item_not_found',
  conflict: 'item_already_exists',
  rate_limited: 'rate_limit_exceeded',
}
