import { type ErrorCode } from '#shared/errors.ts'

/** The one error class. Its message says which action failed, for people; what is not an AppError stays inside. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  /** Whether the same request may succeed later. */
  readonly isRetryable: boolean
  /** What exactly was wrong with the input, one entry per fault. */
  readonly issues: readonly unknown[] | undefined
  /** Of a conflict: what is stored instead of what was read. */
  readonly stored: unknown

  constructor(
    code: ErrorCode,
    message: string,
    details: { cause?: unknown; issues?: readonly unknown[]; stored?: unknown } = {},
  ) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    this.isRetryable = ERRORS[code].isRetryable
    this.issues = details.issues
    this.stored = details.stored
  }

  get httpStatus(): number {
    return ERRORS[this.code].httpStatus
  }
}

interface ErrorTraits {
  readonly httpStatus: number
  readonly isRetryable: boolean
}

/** The closed table of codes: how each one looks over HTTP, and whether trying again may help. */
const ERRORS: Readonly<Record<ErrorCode, ErrorTraits>> = {
  bad_message: { httpStatus: 400, isRetryable: false },
  not_found: { httpStatus: 404, isRetryable: false },
  invalid: { httpStatus: 422, isRetryable: false },
  conflict: { httpStatus: 409, isRetryable: false },
  unauthorized: { httpStatus: 401, isRetryable: false },
  forbidden: { httpStatus: 403, isRetryable: false },
  rate_limited: { httpStatus: 429, isRetryable: true },
  config_invalid: { httpStatus: 500, isRetryable: false },
  engine_unavailable: { httpStatus: 503, isRetryable: true },
  engine_rejected: { httpStatus: 502, isRetryable: false },
  engine_rate_limited: { httpStatus: 503, isRetryable: true },
  engine_timeout: { httpStatus: 504, isRetryable: true },
  engine_failed: { httpStatus: 502, isRetryable: true },
  nothing_heard: { httpStatus: 422, isRetryable: true },
  storage_failed: { httpStatus: 507, isRetryable: true },
  internal: { httpStatus: 500, isRetryable: false },
}

/** Turns anything thrown into an AppError; an unknown one becomes `internal` without its text. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  return new AppError('internal', 'Something went wrong inside Troupe; the log has the details', {
    cause: thrown,
  })
}
