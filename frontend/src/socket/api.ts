import { t } from '../i18n/index.ts'
import { z } from 'zod'
import { ErrorCode } from '#shared/errors.ts'
import { RequestError } from './request-error.ts'
import { takeToken } from './token.ts'

const Refusal = z.object({ error: z.string(), code: ErrorCode.catch('internal') })

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

interface ApiRequest<Schema extends z.ZodType> {
  readonly method?: Method
  readonly path: string
  readonly body?: unknown
  readonly signal?: AbortSignal
  /** What the answer looks like. */
  readonly answer: Schema
}

/**
 * Asks the server beside the socket: for what is not part of the conversation.
 * @throws RequestError with the server's sentence, or `offline`; the signal's reason.
 */
export async function callApi<Schema extends z.ZodType>(
  request: ApiRequest<Schema>,
): Promise<z.output<Schema>> {
  const { method = 'GET', path, body, signal, answer } = request
  const response = await reach(path, {
    method,
    headers: headersFor(body),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  })
  const told: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw refusalIn(response, told)
  const read = answer.safeParse(told)
  if (!read.success) {
    throw new RequestError('bad_message', t('common.otherVersion'))
  }
  return read.data
}

interface FileRequest {
  readonly method?: Method
  readonly path: string
  readonly form?: FormData
  /** In place of a form. */
  readonly json?: unknown
  /** What kind of answer is wanted. */
  readonly accept?: string
  readonly signal?: AbortSignal
}

/**
 * Sends or fetches files.
 * @returns the answer, to be read as it comes.
 * @throws RequestError with the server's sentence, or `offline`; the signal's reason.
 */
export async function fetchApi(request: FileRequest): Promise<Response> {
  const { method = 'GET', path, form, json, accept, signal } = request
  const response = await reach(path, {
    method,
    headers: { ...headersFor(json), ...(accept === undefined ? {} : { accept }) },
    ...(form === undefined ? {} : { body: form }),
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(signal === undefined ? {} : { signal }),
  })
  if (response.ok) return response
  throw refusalIn(response, await response.json().catch(() => undefined))
}

function refusalIn(response: Response, told: unknown): RequestError {
  const refusal = Refusal.safeParse(told).data
  return new RequestError(
    refusal?.code ?? 'internal',
    refusal?.error ?? t('common.refused', { status: response.status }),
  )
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init)
  } catch (error) {
    init.signal?.throwIfAborted()
    throw new RequestError('offline', t('common.offline'), { cause: error })
  }
}

function headersFor(body: unknown): Record<string, string> {
  const token = takeToken()
  return {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
}
