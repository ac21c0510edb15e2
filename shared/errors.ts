import { z } from 'zod'

/** Every code an `error` event may carry. Closed: clients may switch over it exhaustively. */
export const ERROR_CODES = [
  /** Not a message of this protocol: bad JSON, unknown type, wrong fields. */
  'bad_message',
  /** What was named does not exist. */
  'not_found',
  /** Well-formed, but not allowed: a rule of the domain is broken. */
  'invalid',
  /** Somebody else changed it, or it exists already. */
  'conflict',
  /** A token is needed, or the one given is wrong. */
  'unauthorized',
  /** This page, or this name of the server, is not allowed here. */
  'forbidden',
  /** Too many or too large messages from this client. */
  'rate_limited',
  /** A setting is wrong; the start stops. */
  'config_invalid',
  /** An engine cannot be reached, or its parts are not installed. */
  'engine_unavailable',
  /** An engine refused the request: key, model or parameters (HTTP 4xx). */
  'engine_rejected',
  /** An engine is busy (HTTP 429). */
  'engine_rate_limited',
  /** An engine did not answer in time, or stopped in the middle. */
  'engine_timeout',
  /** An engine failed (HTTP 5xx), broke off, or answered garbage. */
  'engine_failed',
  /** Speech was recorded but no words were recognised. */
  'nothing_heard',
  /** The database could not be written: disk full, file gone. */
  'storage_failed',
  /** A defect of ours; details are in the server's log only. */
  'internal',
] as const

export const ErrorCode = z.enum(ERROR_CODES)
export type ErrorCode = z.infer<typeof ErrorCode>
