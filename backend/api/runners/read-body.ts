import { type z } from 'zod'
import { AppError } from '../../errors.ts'

/** @throws AppError `bad_message` that says what is wrong with it. */
export function readBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const read = schema.safeParse(body ?? {})
  if (read.success) return read.data
  const { issues } = read.error
  const sentences = issues.map(({ path, message }) => `${path.join('.') || 'The message'}: ${message}`)
  throw new AppError('bad_message', `That cannot be read: ${sentences.join('; ')}`, { issues })
}
