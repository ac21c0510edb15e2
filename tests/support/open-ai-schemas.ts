import { readFile } from 'node:fs/promises'
import { Ajv, type ValidateFunction } from 'ajv'
import ajvFormats from 'ajv-formats'

/**
 * The official schemas, as their own servers follow them: an optional field may also be null. They are not ours to
 * commit: `TROUPE_TEST_OPENAI_SCHEMAS` says where they are.
 */
export interface OpenAiSchemas {
  /** What is wrong with a value; undefined if nothing is. */
  fault(name: string, value: unknown): string | undefined
}

interface Schema {
  readonly [key: string]: unknown
}

const NULL = { type: 'null' }

export async function openAiSchemas(
  file = process.env['TROUPE_TEST_OPENAI_SCHEMAS'],
): Promise<OpenAiSchemas> {
  if (!file) {
    throw new Error(
      'Set TROUPE_TEST_OPENAI_SCHEMAS to a file with the JSON schemas of the OpenAI API (openapi.json)',
    )
  }
  const { components } = Object(JSON.parse(await readFile(file, 'utf8')))
  const schemas: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(Object(components.schemas))) schemas[name] = relaxed(schema)
  schemas['StreamedCompletion'] = streamedCompletion(Object(schemas['CreateCompletionResponse']))
  const ajv = new Ajv({ strict: false, validateFormats: true, logger: false })
  ajvFormats(ajv, { mode: 'fast', formats: ['uri', 'date', 'date-time'] })
  ajv.addSchema({ $id: 'openai', components: { schemas } })
  const compiled = new Map<string, ValidateFunction>()
  return {
    fault(name, value) {
      const validate = compiled.get(name) ?? ajv.compile({ $ref: `openai#/components/schemas/${name}` })
      compiled.set(name, validate)
      if (validate(value)) return undefined
      return `${name}: ${ajv.errorsText(validate.errors)}`
    },
  }
}

/** Optional is optional or null; the `nullable` of older schemas becomes a type. */
function relaxed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(relaxed)
  if (typeof schema !== 'object' || schema === null) return schema
  const { nullable, discriminator: _discriminator, ...rest }: Schema = { ...schema }
  const copy: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(rest)) {
    copy[key] = key === 'properties' ? relaxedProperties(Object(value), rest['required']) : relaxed(value)
  }
  return nullable === true ? { anyOf: [copy, NULL] } : copy
}

function relaxedProperties(properties: object, required: unknown): object {
  const needed: readonly unknown[] = Array.isArray(required) ? required : []
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => {
      const own = relaxed(schema)
      return [name, needed.includes(name) ? own : { anyOf: [own, NULL] }]
    }),
  )
}

/** The schema knows only whole answers; in a stream nobody knows yet why it will end, and OpenAI sends null. */
function streamedCompletion(whole: Schema): unknown {
  const copy = structuredClone(whole)
  const { finish_reason } = Object(copy).properties.choices.items.properties
  Object(copy).properties.choices.items.properties.finish_reason = { anyOf: [finish_reason, NULL] }
  return copy
}
