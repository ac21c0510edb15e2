import { type z } from 'zod'
import { AppError } from '../../errors.ts'

const MAX_ANSWER_BYTES = 1_000_000

interface Question<Schema extends z.ZodType> {
  readonly label: string
  readonly url: URL
  readonly init: Omit<RequestInit, 'signal' | 'redirect'>
  readonly signal: AbortSignal
  /** Of what it answers. */
  readonly schema: Schema
  /** What to do where it refuses (HTTP 401, 403). */
  readonly onRefused: string
}

/**
 * Asks a service and reads its JSON. Redirects are not followed: they would carry the key elsewhere.
 * @throws AppError `engine_…` with a sentence for each way it can fail.
 */
export async function ask<Schema extends z.ZodType>(question: Question<Schema>): Promise<z.output<Schema>> {
  const { label, schema } = question
  const stop = new AbortController()
  try {
    const response = await sent(question, AbortSignal.any([question.signal, stop.signal]))
    if (!response.ok) throw refusal(question, response)
    const parsed = schema.safeParse(await jsonOf(response, label))
    if (parsed.success) return parsed.data
    throw new AppError('engine_failed', `${label} answered something else than search results`, {
      cause: parsed.error,
    })
  } finally {
    // Hangs up on what was not read.
    stop.abort(new Error('No longer wanted'))
  }
}

async function sent({ label, url, init }: Question<z.ZodType>, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal, redirect: 'manual' })
  } catch (cause) {
    throw new AppError('engine_unavailable', `Cannot reach ${label} at ${url.host}`, { cause })
  }
}

function refusal({ label, onRefused }: Question<z.ZodType>, response: Response): AppError {
  const { status } = response
  if (status === 401 || status === 403) {
    return new AppError('engine_rejected', `${label} refused the search (${status}): ${onRefused}`)
  }
  if (status === 429 || status === 432) {
    return new AppError('engine_rate_limited', `${label} has been asked too often; try again later`)
  }
  if (status >= 300 && status < 400) {
    const target = response.headers.get('location')?.slice(0, 200) ?? 'elsewhere'
    return new AppError(
      'engine_rejected',
      `${label} redirects to ${target}: its address has to be set to that`,
    )
  }
  return new AppError('engine_failed', `${label} answered ${status}`)
}

async function jsonOf(response: Response, label: string): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  try {
    for await (const chunk of response.body ?? []) {
      sizeBytes += chunk.length
      if (sizeBytes > MAX_ANSWER_BYTES) throw new Error('Too long')
      chunks.push(chunk)
    }
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch (cause) {
    throw new AppError('engine_failed', `${label} answered something else than search results`, { cause })
  }
}
