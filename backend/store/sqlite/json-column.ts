import { customType } from 'drizzle-orm/sqlite-core'
import { type z } from 'zod'
import { AppError } from '../../errors.ts'

/** A text column that holds JSON; what does not fit its schema never leaves the database. */
export function jsonColumn<Value>(name: string, schema: z.ZodType<Value>) {
  return customType<{ data: Value; driverData: string }>({
    dataType: () => 'text',
    toDriver: (value) => JSON.stringify(value),
    fromDriver: (text) => parseJsonColumn(name, schema, text),
  })(name)
}

/** @throws AppError `storage_failed` if the text is not JSON or does not fit. */
export function parseJsonColumn<Value>(name: string, schema: z.ZodType<Value>, text: unknown): Value {
  try {
    return schema.parse(JSON.parse(String(text)))
  } catch (cause) {
    throw new AppError('storage_failed', `Cannot read the database: column "${name}" holds something else`, {
      cause,
    })
  }
}
