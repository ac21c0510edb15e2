import { z } from 'zod'
import { type ServerAddress } from './client.ts'
import { CliError, EXIT, type ExitCode, reasonOf } from './exit.ts'
import { fetchTrusting, type ServerAnswer } from './trust.ts'

const Refusal = z.object({ error: z.string(), code: z.string().optional() })

/** Asks the REST side of a server. @throws CliError with the server's own sentence, if it has one. */
export async function callApi(
  { url, token, trust }: ServerAddress,
  path: string,
  init: { readonly body?: unknown; readonly form?: FormData; readonly signal?: AbortSignal } = {},
): Promise<ServerAnswer> {
  const json = init.body === undefined ? undefined : JSON.stringify(init.body)
  const body = init.form ?? json
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const request = {
    headers,
    ...(init.signal ? { signal: init.signal } : {}),
    ...(body === undefined ? {} : { method: 'POST', body }),
  }
  const response = await fetchTrusting(trust, `${url}${path}`, request).catch((error: unknown) => {
    init.signal?.throwIfAborted()
    const cause = error instanceof Error ? (error.cause ?? error) : error
    throw new CliError(EXIT.unreachable, `Cannot reach Troupe at ${url}: ${reasonOf(cause)}`, {
      cause: error,
    })
  })
  if (!response.ok) throw await refusalOf(response)
  return response
}

async function refusalOf(response: ServerAnswer): Promise<CliError> {
  const body: unknown = await response.json().catch(() => undefined)
  const refusal = Refusal.safeParse(body).data
  const sentence = refusal?.error ?? `The server answered with ${response.status}; is it an older Troupe?`
  return new CliError(exitCodeFor(refusal?.code), sentence)
}

/** A model server that cannot be reached is told apart from one that refuses. */
export function exitCodeFor(code: string | undefined): ExitCode {
  return code === 'engine_unavailable' ? EXIT.unreachable : EXIT.failure
}
