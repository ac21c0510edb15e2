import { readFile } from 'node:fs/promises'
import { openAiSchemas } from './open-ai-schemas.ts'

/** What is wrong with an event of the server; undefined if nothing is. */
export type EventFault = (event: { readonly type: string }) => string | undefined

/** Which schema stands for which event follows from the schemas themselves. */
export async function realtimeFaults(): Promise<{ readonly ga: EventFault; readonly beta: EventFault }> {
  const schemas = await openAiSchemas()
  const { components } = Object(
    JSON.parse(await readFile(process.env['TROUPE_TEST_OPENAI_SCHEMAS'] ?? '', 'utf8')),
  )
  const faultOf = (prefix: string, isComplete: boolean): EventFault => {
    const names = new Map<string, string>()
    for (const [name, schema] of Object.entries(Object(components.schemas))) {
      const { type } = Object(Object(schema).properties)
      const [value] = Object(type).enum ?? [Object(type).const]
      if (name.startsWith(prefix) && typeof value === 'string') names.set(value, name)
    }
    return (event) => {
      const name = names.get(event.type)
      if (name !== undefined) return schemas.fault(name, event)
      return isComplete ? `There is no event "${event.type}"` : undefined
    }
  }
  // Not everything of the beta is in there.
  return { ga: faultOf('RealtimeServerEvent', true), beta: faultOf('RealtimeBetaServerEvent', false) }
}
