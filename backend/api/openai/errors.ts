import { type ErrorCode } from '#shared/errors.ts'
import { LlmError } from '../../engines/llm/llm-error.ts'
import { AppError, toAppError } from '../../errors.ts'

/** What OpenAI's clients are told when something fails: all four keys, always. */
export interface OpenAiErrorBody {
  readonly error: {
    readonly message: string
    readonly type: string
    readonly param: string | null
    readonly code: string | null
  }
}

export interface OpenAiFailure {
  readonly status: number
  readonly body: OpenAiErrorBody
  /** Whether the client is to try again by itself. */
  readonly shouldRetry: boolean
  readonly retryAfterMs: number | undefined
}

/** A request that cannot be served as it is, with the field that is to blame. */
export class BadRequest extends AppError {
  readonly param: string | null
  readonly openAiCode: string | null
  readonly status: number

  constructor(
    message: string,
    details: { param?: string | null; code?: string | null; status?: number; cause?: unknown } = {},
  ) {
    super('bad_message', message, 'cause' in details ? { cause: details.cause } : {})
    this.param = details.param ?? null
    this.openAiCode = details.code ?? null
    this.status = details.status ?? 400
  }
}

const BUSY_MS = 1_000

/** Anything thrown, as OpenAI would say it: no stack, no key, nothing of the inside. */
export function failureOf(thrown: unknown): OpenAiFailure {
  const error = fromFastify(thrown) ?? toAppError(thrown)
  const known = kindOf(error)
  const isBusy = known.status === 429
  return {
    status: known.status,
    body: {
      error: {
        message: error.message,
        type: known.type,
        param: known.param ?? null,
        code: known.code ?? null,
      },
    },
    // What could be tried again has been tried here: a client that does it once more only waits longer.
    shouldRetry: isBusy,
    retryAfterMs: isBusy
      ? ((error instanceof LlmError ? error.retryAfterMs : undefined) ?? BUSY_MS)
      : undefined,
  }
}

interface Kind {
  readonly status: number
  readonly type: string
  readonly code?: string | null
  readonly param?: string | null
}

const INVALID = 'invalid_request_error'

function kindOf(error: AppError): Kind {
  if (error instanceof BadRequest) {
    const { status, param, openAiCode: code } = error
    return { status, type: INVALID, param, code }
  }
  return (error instanceof LlmError ? kindOfFault(error) : undefined) ?? KINDS[error.code]
}

/** What the model's server refused because of the request itself is the request's fault here, too. */
function kindOfFault({ kind, code, status }: LlmError): Kind | undefined {
  if (kind === 'context_length') return { status: 400, type: INVALID, code: 'context_length_exceeded' }
  if (kind === 'content_filter') return { status: 400, type: INVALID, code: 'content_filter' }
  if (kind === 'api' && code === 'engine_rejected' && (status === 400 || status === 422)) {
    return { status: 400, type: INVALID }
  }
  return undefined
}

const SERVER: Kind = { status: 500, type: 'server_error' }
const UPSTREAM: Kind = { status: 502, type: 'server_error' }
const BUSY: Kind = { status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded' }

const KINDS: Readonly<Record<ErrorCode, Kind>> = {
  bad_message: { status: 400, type: INVALID },
  invalid: { status: 400, type: INVALID },
  nothing_heard: { status: 400, type: INVALID },
  not_found: { status: 404, type: INVALID, code: 'model_not_found', param: 'model' },
  conflict: { status: 409, type: INVALID },
  unauthorized: { status: 401, type: INVALID, code: 'invalid_api_key' },
  forbidden: { status: 403, type: INVALID, code: 'forbidden' },
  rate_limited: BUSY,
  engine_rate_limited: BUSY,
  engine_unavailable: { status: 503, type: 'unavailable_error' },
  engine_timeout: { status: 504, type: 'server_error', code: 'timeout' },
  engine_rejected: UPSTREAM,
  engine_failed: UPSTREAM,
  config_invalid: SERVER,
  storage_failed: SERVER,
  internal: SERVER,
}

/** Fastify's own refusals (bad JSON, too large, wrong type) are the client's to mend. */
function fromFastify(thrown: unknown): AppError | undefined {
  if (thrown instanceof AppError || !(thrown instanceof Error)) return undefined
  const status = 'statusCode' in thrown ? thrown.statusCode : undefined
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined
  return new BadRequest(thrown.message, { status, cause: thrown })
}
