import { AppError, toAppError } from '../../errors.ts'

export interface WireError {
  readonly status: number
  readonly message: string
}

const BUSY = 'server busy, please try again.  maximum pending requests exceeded'

/** An error as Ollama says it: `{ "error": message }` with this status. */
export function wireError(thrown: unknown): WireError {
  const refusal = refusalOf(thrown)
  if (refusal) return refusal
  const { code, message, httpStatus } = toAppError(thrown)
  if (code === 'engine_rate_limited' || code === 'rate_limited') return { status: 503, message: BUSY }
  return { status: code === 'invalid' ? 400 : httpStatus, message }
}

/** @param name as the program called it. */
export function modelNotFound(name: string): AppError {
  return new AppError('not_found', `model '${name}' not found`)
}

/** What Fastify refuses by itself: bad JSON, too large. */
function refusalOf(thrown: unknown): WireError | undefined {
  if (thrown instanceof AppError || !(thrown instanceof Error)) return undefined
  const status = 'statusCode' in thrown ? thrown.statusCode : undefined
  if (typeof status !== 'number' || status >= 500) return undefined
  const isEmpty = 'code' in thrown && thrown.code === 'FST_ERR_CTP_EMPTY_JSON_BODY'
  return { status, message: isEmpty ? 'missing request body' : thrown.message }
}
