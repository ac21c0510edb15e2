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
  return new AppError('engine_timeout', timeoutSentence(engine, waitedMs))
}

export function timeoutSentence(engine: string, waitedMs: number): string {
  return `The ${engine} sent nothing for ${waitedMs / 1000} s; ${BUSY_HINT}`
}

/** What kind of trouble it is, for those who decide whether to try again or elsewhere. */
export type FaultKind =
  | 'api'
  | 'auth'
  | 'rate_limit'
  | 'timeout'
  | 'connection'
  | 'context_length'
  | 'content_filter'
  | 'cancelled'
  | 'config'

export interface Fault {
  readonly kind: FaultKind
  readonly code: ErrorCode
  readonly message: string
  /** Of HTTP, where there was an answer. */
  readonly status?: number | undefined
}

const BUSY_HINT = 'it may be loading its model or be overloaded, try again'

/** What `openAiError` makes an error of. */
export function faultOf(engine: string, thrown: unknown): Fault {
  if (thrown instanceof APIError && typeof thrown.status === 'number') {
    return { ...faultOfStatus(engine, thrown), status: thrown.status }
  }
  const cause = systemCode(thrown)
  if (isTimeout(thrown, cause)) {
    const message = `The ${engine} did not answer in time; ${BUSY_HINT}`
    return { kind: 'timeout', code: 'engine_timeout', message }
  }
  if (UNREACHABLE.has(cause)) {
    const message = `Cannot reach the ${engine} (${cause}): start it, or correct its base URL`
    return {
      kind: cause === 'ERR_INVALID_URL' ? 'config' : 'connection',
      code: 'engine_unavailable',
      message,
    }
  }
  const message = `The ${engine} broke off its answer; look at its log, then try again`
  return { kind: 'connection', code: 'engine_failed', message }
}

function faultOfStatus(engine: string, error: APIError): Fault {
  const status = Number(error.status)
  const detail = `(${status}${explanation(error)})`
  if (isAboutContextLength(error)) {
    const message = `The prompt is too long for the ${engine} ${detail}: shorten it, or give the model more context`
    return { kind: 'context_length', code: 'engine_rejected', message }
  }
  if (isAboutContent(error)) {
    const message = `The ${engine} refused what was said ${detail}: put it differently`
    return { kind: 'content_filter', code: 'engine_rejected', message }
  }
  if (status === 401 || status === 403) {
    const message = `The ${engine} refused the API key (${status}): check the key`
    return { kind: 'auth', code: 'engine_rejected', message }
  }
  if (status === 429) {
    const message = `The ${engine} is busy or out of quota (429): wait a moment`
    return { kind: 'rate_limit', code: 'engine_rate_limited', message }
  }
  if (status === 408) {
    const message = `The ${engine} gave up waiting (408); ${BUSY_HINT}`
    return { kind: 'timeout', code: 'engine_timeout', message }
  }
  if (status >= 400 && status < 500) {
    const message = `The ${engine} refused the request ${detail}: check its base URL, the model and the settings`
    return { kind: status === 404 ? 'config' : 'api', code: 'engine_rejected', message }
  }
  const message = `The ${engine} failed ${detail}; look at its log, then try again`
  return { kind: 'api', code: 'engine_failed', message }
}

/** Every server has words of its own for it, and some fail with 500 over it. */
const CONTEXT_LENGTH =
  /context.?(?:length|window|size)|maximum context|prompt is too long|input is too long|too many (?:input )?tokens|exceeds? the (?:model's )?(?:available )?context|n_ctx/iu
const CONTENT = /content.?(?:filter|policy|management)|moderation|input was flagged|flagged as/iu

function isAboutContextLength(error: APIError): boolean {
  if (error.code === 'context_length_exceeded' || error.type === 'exceed_context_size_error') return true
  const mayBe = [400, 413, 422, 500].includes(Number(error.status))
  return mayBe && CONTEXT_LENGTH.test(explanation(error))
}

function isAboutContent(error: APIError): boolean {
  if (error.code === 'content_filter' || error.code === 'content_policy_violation') return true
  return [400, 403, 422].includes(Number(error.status)) && CONTENT.test(explanation(error))
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
