import { AppError, toAppError } from '../../errors.ts'

/** The kinds of error that LM Studio's own API has. */
type WireErrorType =
  | 'invalid_request'
  | 'unknown'
  | 'not_implemented'
  | 'model_not_found'
  | 'job_not_found'
  | 'internal_error'

interface WireError {
  readonly status: number
  readonly error: {
    readonly type: WireErrorType
    readonly message: string
    readonly code?: string
    readonly param?: string
  }
}

/** An error whose kind the table of codes does not have. */
export class LmStudioError extends AppError {
  readonly type: WireErrorType
  readonly param: string | undefined

  constructor(type: WireErrorType, message: string, param?: string) {
    super(type.endsWith('_not_found') ? 'not_found' : 'bad_message', message)
    this.type = type
    this.param = param
  }
}

/** As `/api/v1` says it: `{ "error": { type, message, … } }` with this status. */
export function wireError(thrown: unknown): WireError {
  const error = fromFastify(thrown) ?? toAppError(thrown)
  const { code, message, httpStatus } = error
  if (error instanceof LmStudioError) {
    const param = error.param === undefined ? {} : { param: error.param }
    return { status: httpStatus, error: { type: error.type, message, ...param } }
  }
  const status = code === 'invalid' ? 400 : httpStatus
  if (status < 500) return { status, error: { type: 'invalid_request', message, code } }
  return { status, error: { type: code === 'internal' ? 'internal_error' : 'unknown', message, code } }
}

/** What Fastify refuses by itself: bad JSON, too large. */
function fromFastify(thrown: unknown): AppError | undefined {
  if (thrown instanceof AppError || !(thrown instanceof Error)) return undefined
  const status = 'statusCode' in thrown ? thrown.statusCode : undefined
  if (typeof status !== 'number' || status >= 500) return undefined
  return new AppError('bad_message', thrown.message, { cause: thrown })
}

/** @param name as the program called it. */
export function modelNotFound(name: string): LmStudioError {
  return new LmStudioError('model_not_found', `There is no model "${name.slice(0, 200)}"`, 'model')
}
