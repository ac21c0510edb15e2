import { APIConnectionError, APIError } from 'openai'
import { type ErrorCode } from '#shared/errors.ts'
import { AppError } from '../../errors.ts'
import { type Fault, faultOf, type FaultKind, timeoutSentence } from '../openai-errors.ts'

export interface LlmErrorDetails {
  readonly kind: FaultKind
  readonly code: ErrorCode
  readonly message: string
  /** Of HTTP, where there was an answer. */
  readonly status?: number | undefined
  /** How long the server asks to be left alone. */
  readonly retryAfterMs?: number | undefined
  /** Absent: as the code says. */
  readonly isRetryable?: boolean
  readonly cause?: unknown
}

/** Why a model did not reply, with what the retry policy and the fallback chain decide by. */
export class LlmError extends AppError {
  readonly kind: FaultKind
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined
  /** Whether the same request to the same model may succeed in a moment. */
  override readonly isRetryable: boolean

  constructor(details: LlmErrorDetails) {
    const { kind, code, message, status, retryAfterMs, cause } = details
    super(code, message, cause === undefined ? {} : { cause })
    this.kind = kind
    this.status = status
    this.retryAfterMs = retryAfterMs
    this.isRetryable = details.isRetryable ?? (RETRYABLE.has(kind) && isRetryableCode(code))
  }

  /** The same with more to say. */
  saying(message: string): LlmError {
    return new LlmError({ ...this.#details(), message })
  }

  #details(): LlmErrorDetails {
    const { kind, code, message, status, retryAfterMs, isRetryable, cause } = this
    return { kind, code, message, status, retryAfterMs, isRetryable, cause }
  }
}

/**
 * One mapping of everything a request or a stream can throw.
 * @param label how sentences name the engine.
 * @param now for servers that name a date before which not to come back.
 */
export function toLlmError(label: string, thrown: unknown, now: Date): LlmError {
  if (thrown instanceof LlmError) return thrown
  if (thrown instanceof AppError) {
    const { code, message, cause } = thrown
    return new LlmError({ kind: 'api', code, message, cause })
  }
  const inStream = isInStream(thrown) ? faultInStream(label, thrown) : undefined
  const fault = inStream ?? faultOf(label, thrown)
  return new LlmError({
    ...fault,
    cause: thrown,
    retryAfterMs: askedToWaitMs(thrown, now),
    ...(isOutOfQuota(thrown) ? { isRetryable: false } : {}),
  })
}

/** A request that failed before there was any answer. */
export function unanswered(label: string, error: LlmError): LlmError {
  // It did not break off in the middle: nothing had come yet.
  if (error.code !== 'engine_failed' || !(error.cause instanceof APIConnectionError)) return error
  const message = `The ${label} closed the connection before it answered: is it starting, or another program?`
  return new LlmError({ kind: 'connection', code: 'engine_unavailable', message, cause: error.cause })
}

/** The model let a deadline pass. */
export function llmTimeout(label: string, waitedMs: number): LlmError {
  return new LlmError({ kind: 'timeout', code: 'engine_timeout', message: timeoutSentence(label, waitedMs) })
}

/** The stream ended, but the model had not said that it was done. */
export function brokeOff(label: string): LlmError {
  return new LlmError(brokeOffFault(label, ''))
}

function brokeOffFault(label: string, words: string): Fault {
  return {
    kind: 'api',
    code: 'engine_failed',
    message: `The ${label} broke off its answer${words}; try again`,
  }
}

const RETRYABLE: ReadonlySet<FaultKind> = new Set(['api', 'rate_limit', 'timeout', 'connection'])

function isRetryableCode(code: ErrorCode): boolean {
  return code !== 'engine_rejected' && code !== 'config_invalid'
}

/** Servers report trouble in the middle of a stream as an event with an `error` in it. */
function isInStream(thrown: unknown): thrown is APIError {
  return thrown instanceof APIError && thrown.status === undefined && thrown.error !== undefined
}

function faultInStream(label: string, thrown: APIError): Fault {
  const body: unknown = thrown.error
  const status = numberOf(body, 'code') ?? numberOf(body, 'status') ?? STATUS_OF[thrown.type ?? '']
  if (status === undefined || status < 400 || status > 599) {
    return brokeOffFault(label, ` (${thrown.message.replaceAll(/\s+/gu, ' ').slice(0, 200)})`)
  }
  return faultOf(label, new APIError(status, thrown.error, undefined, undefined))
}

const STATUS_OF: Readonly<Record<string, number>> = {
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  authentication_error: 401,
  exceed_context_size_error: 400,
  overloaded_error: 503,
  unavailable_error: 503,
}

function numberOf(body: unknown, key: string): number | undefined {
  const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, key) : undefined
  return typeof value === 'number' ? value : undefined
}

/** Waiting does not help when the money has run out. */
function isOutOfQuota(thrown: unknown): boolean {
  return thrown instanceof APIError && thrown.code === 'insufficient_quota'
}

/** In milliseconds, in seconds, or as a date: servers use all three. */
function askedToWaitMs(thrown: unknown, now: Date): number | undefined {
  if (!(thrown instanceof APIError) || !thrown.headers) return undefined
  const milliseconds = thrown.headers.get('retry-after-ms')
  const seconds = thrown.headers.get('retry-after')
  if (milliseconds !== null && Number.isFinite(Number(milliseconds))) return Math.max(0, Number(milliseconds))
  if (seconds === null) return undefined
  const waitMs = Number.isFinite(Number(seconds))
    ? Number(seconds) * 1_000
    : Date.parse(seconds) - now.getTime()
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs)
}
