import { z } from 'zod'
import { objectIn } from './settings-without-keys.ts'

/** As variables of an environment are called. */
const SECRET = /(?:^|_)(?:api_?key|key|token|password|secret)s?$/iu

/** Keys stay in their order: people have written them. */
const Fields = z.record(z.string(), z.unknown())
type Fields = z.infer<typeof Fields>

/** A runners file without the keys that it hands to programs. @returns undefined if it cannot be read. */
export function runnersWithoutKeys(text: string): string | undefined {
  return rewritten(text, (_place, env) => chosen(env, (name) => !SECRET.test(name)))
}

/** The runners of a backup, with the keys that those of the same name have here. */
export function runnersWithKeysOf(backup: string, present: string | undefined): string {
  const keys = new Map<string, Fields>()
  rewritten(present ?? '{}', (place, env) => {
    keys.set(
      place,
      chosen(env, (name) => SECRET.test(name)),
    )
    return env
  })
  return rewritten(backup, (place, env) => ({ ...keys.get(place), ...env })) ?? backup
}

/** With other environments; as it was written if they are the same. @returns undefined if it cannot be read. */
function rewritten(text: string, change: (place: string, env: Fields) => Fields): string | undefined {
  const changed = (place: string, holder: unknown): Fields => {
    const { env, ...others } = Fields.parse(holder)
    const now = change(place, Fields.parse(env ?? {}))
    if (env === undefined) return Object.keys(now).length === 0 ? others : { ...others, env: now }
    return { ...Fields.parse(holder), env: now }
  }
  try {
    const file = Fields.parse(objectIn(text))
    const { runtimes, runners } = file
    const now = { ...file }
    if (runtimes !== undefined) {
      const entries = Object.entries(Fields.parse(runtimes))
      now['runtimes'] = Object.fromEntries(
        entries.map(([name, one]) => [name, changed(`runtime ${name}`, one)]),
      )
    }
    if (runners !== undefined) {
      const list = z.array(Fields).parse(runners)
      now['runners'] = list.map((one) => changed(`runner ${String(one['id'])}`, one))
    }
    return JSON.stringify(now) === JSON.stringify(file) ? text : `${JSON.stringify(now, undefined, 2)}\n`
  } catch (error) {
    if (error instanceof z.ZodError) return undefined
    throw error
  }
}

function chosen(env: Fields, isWanted: (name: string) => boolean): Fields {
  return Object.fromEntries(Object.entries(env).filter(([name]) => isWanted(name)))
}
