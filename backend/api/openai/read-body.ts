import { type z } from 'zod'
import { BadRequest } from './errors.ts'

/** A body that fits the schema. @throws BadRequest that names the first field which does not. */
export function readBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  if (typeof body !== 'object' || body === null) {
    throw new BadRequest('Send a JSON object, with the header "Content-Type: application/json"')
  }
  const read = schema.safeParse(body)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const param = issue?.path.map(String).join('.') || null
  throw new BadRequest(
    `${param === null ? 'The request' : `"${param.slice(0, 200)}"`}: ${issue?.message ?? 'invalid'}`,
    {
      param: param?.slice(0, 200) ?? null,
    },
  )
}
