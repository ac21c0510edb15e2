import { z } from 'zod'

/** What settings are made of. Flags and the environment give text; the settings file gives JSON. */

export const Port = z.coerce.number().int().min(0).max(65_535)
export const Milliseconds = (min: number, max: number) => z.coerce.number().min(min).max(max)
export const Share = z.coerce.number().min(0).max(1)
export const Url = z.url({ protocol: /^https?$/, error: 'expected an http or https address' })
export const Flag = z.union([z.boolean(), z.stringbool()])

/** Separated by commas, where it is text. */
export const ListOf = <Item extends z.ZodType>(item: Item) => z.preprocess(listIn, z.array(item))
export const List = ListOf(z.string().min(1))

/** What the environment and flags can only give as text: JSON. */
export const Json = <Schema extends z.ZodType>(schema: Schema) => z.preprocess(jsonIn, schema)

/** Whether a setting is a switch, which as a flag may stand alone: `--headless`. */
export function isSwitch(schema: z.core.$ZodType): boolean {
  if (schema === Flag) return true
  const isWrapped = schema instanceof z.ZodDefault || schema instanceof z.ZodOptional
  return isWrapped && isSwitch(schema.unwrap())
}

function listIn(value: unknown): unknown {
  return typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value
}

/** Text that is no JSON stays what it is, and the schema refuses it. */
function jsonIn(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
