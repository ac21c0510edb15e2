import { APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai'
import { type ErrorCode } from '#shared/errors.ts'
import { AppError } from '../errors.ts'

/** One mapping from what the `openai` package and `fetch` throw to our codes, for all OpenAI-compatible engines. */

/** How sentences name an engine, e.g. `speech engine at localhost:8880`. */
export function engineLabel(kind: string, baseUrl: string): string {
  return `${kind} engine at ${URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl}`
}

/**
 * Turns anything a request threw into an `engine_…` error. Ask your signal first: an abort by the user is no
 * error, and what looks like an abort here is reported as a timeout.
 * @param engine as sentences name it, see `engineLabel`.
 */
export function openAiError(engine: string, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  const { code, message } = faultOf(engine, thrown)
  return new AppError(code, message, { cause: thrown })
}

/** The engine let a deadline pass. */
export function engineTimeout(engine: string, waitedMs: number): AppError {
  return new AppError('engine_timeout', `The ${engine} sent nothing for ${waitedMs / 1000} s; ${BUSY_HINT}`)
}

interface Fault {
  readonly code: ErrorCode
  readonly message: string
}

const BUSY_HINT = 'it may be loading its model or be overloaded, try again'

function faultOf(engine: string, thrown: unknown): Fault {
  if (thrown instanceof APIError && typeof thrown.status === 'number') return faultOfStatus(engine, thrown)
  const cause = systemCode(thrown)
  if (isTimeout(thrown, cause)) {
    return { code: 'engine_timeout', message: `The ${engine} did not answer in time; ${BUSY_HINT}` }
  }
  if (UNREACHABLE.has(cause)) {
    return {
      code: 'engine_unavailable',
      message: `Cannot reach the ${engine} (${cause}): start it, or correct its base URL`,
    }
  }
  return {
    code: 'engine_failed',
    message: `The ${engine} broke off its answer; look at its log, then try again`,
  }
}

function faultOfStatus(engine: string, error: APIError): Fault {
  const status = Number(error.status)
  if (status === 401 || status === 403) {
    return {
      code: 'engine_rejected',
      message: `The ${engine} refused the API key (${status}): check the key`,
    }
  }
  if (status === 429) {
    return {
      code: 'engine_rate_limited',
      message: `The ${engine} is busy or out of quota (429): wait a moment`,
    }
  }
  if (status === 408) {
    return { code: 'engine_timeout', message: `The ${engine} gave up waiting (408); ${BUSY_HINT}` }
  }
  const detail = `(${status}${explanation(error)})`
  if (status >= 400 && status < 500) {
    const hint = 'check its base URL, the model and the settings'
    return { code: 'engine_rejected', message: `The ${engine} refused the request ${detail}: ${hint}` }
  }
  return { code: 'engine_failed', message: `The ${engine} failed ${detail}; look at its log, then try again` }
}

/** What the server says for people, in one short line; pages and other bodies are left out. */
function explanation(error: APIError): string {
  const body: unknown = error.error
  const text = hasText(body, 'message') ? body.message : body
  return typeof text === 'string' ? `, ${text.replaceAll(/\s+/g, ' ').trim().slice(0, 200)}` : ''
}

const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'ERR_INVALID_URL',
])

const TIMEOUT_CODES: ReadonlySet<string> = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
])

function isTimeout(thrown: unknown, cause: string): boolean {
  if (thrown instanceof APIConnectionTimeoutError || thrown instanceof APIUserAbortError) return true
  if (thrown instanceof Error && (thrown.name === 'TimeoutError' || thrown.name === 'AbortError')) return true
  return TIMEOUT_CODES.has(cause)
}

/** The code of the system error at the bottom: `fetch` wraps it once, the package once more. */
function systemCode(thrown: unknown): string {
  let error = thrown
  for (let depth = 0; depth < 5 && error instanceof Error; depth += 1) {
    if (hasText(error, 'code')) return error.code
    error = error instanceof AggregateError ? error.errors[0] : error.cause
  }
  return ''
}

function hasText<Key extends string>(value: unknown, key: Key): value is Record<Key, string> {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, key) === 'string'
}
