import { type FastifyReply, type FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import { isRecord } from './rest-query.ts'

/**
 * The revision that `If-Match` names, as a field of the request: `"3"` or `W/"3"`; `*` is any.
 * @throws AppError `invalid` for anything else: a condition that is not understood must not be ignored.
 */
export function expectedRevision({ headers, method }: FastifyRequest): { revision?: number } {
  const given = headers['if-match']?.trim()
  if (given === undefined || given === '*' || method !== 'PATCH') return {}
  const [, revision] = /^(?:W\/)?"?(\d{1,15})"?$/.exec(given) ?? []
  if (revision !== undefined) return { revision: Number(revision) }
  throw new AppError('invalid', 'Cannot read the header If-Match: expected the revision, like "3", or *')
}

/** Tells the revision of what is sent, for the `If-Match` of a change. */
export function tellRevision(reply: FastifyReply, data: unknown): void {
  if (isRecord(data) && typeof data['revision'] === 'number') reply.header('etag', `"${data['revision']}"`)
}
