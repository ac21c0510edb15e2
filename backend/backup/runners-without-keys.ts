import { z } from 'zod'
import { objectIn } from './settings-without-keys.ts'

/** As variables of an environment are called. */
const SECRET = /(?:^|_)(?:api_?key|key|token|password|secret)s?$/iu

const WithEnv = z.looseObject({ env: z.record(z.string(), z.unknown()).optional() })
/** As much of a runners file as matters here; others pass as they are. */
const Runners = z.looseObject({
  runtimes: z.record(z.string(), WithEnv).optional(),
  runners: z.array(WithEnv.extend({ id: z.string() })).optional(),
})
type Runners = z.infer<typeof Runners>
type Env = Readonly<Record<string, unknown>>

/** A runners file without the keys that it hands to programs. @returns undefined if it cannot be read. */
export function runnersWithoutKeys(text: string): string | undefined {
  if (!objectIn(text)) return undefined
  return rewritten(text, (_place, env) => entriesOf(env, (name) => !SECRET.test(name)))
}

/** The runners of a backup, with the keys that those of the same name have here. */
export function runnersWithKeysOf(backup: string, present: string | undefined): string {
  const keys = new Map<string, Env>()
  rewritten(present ?? '{}', (place, env) => {
    keys.set(
      place,
      entriesOf(env, (name) => SECRET.test(name)),
    )
    return env
  })
  return rewritten(backup, (place, env) => ({ ...keys.get(place), ...env }))
}

/** With other environments; as it was written if they are the same. */
function rewritten(text: string, change: (place: string, env: Env) => Env): string {
  const file = Runners.safeParse(objectIn(text))
  if (!file.success) return text
  const { runtimes, runners } = file.data
  const changed = <Holder extends z.infer<typeof WithEnv>>(place: string, holder: Holder): Holder => {
    const env = change(place, holder.env ?? {})
    return Object.keys(env).length === 0 && !holder.env ? holder : { ...holder, env }
  }
  const now: Runners = {
    ...file.data,
    ...(runtimes ? { runtimes: inEach(runtimes, (name, one) => changed(`runtime ${name}`, one)) } : {}),
    ...(runners ? { runners: runners.map((one) => changed(`runner ${one.id}`, one)) } : {}),
  }
  const isSame = JSON.stringify(now) === JSON.stringify(file.data)
  return isSame ? text : `${JSON.stringify(now, undefined, 2)}\n`
}

function inEach<Value>(
  record: Readonly<Record<string, Value>>,
  change: (name: string, value: Value) => Value,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(name, value)]))
}

function entriesOf(env: Env, isWanted: (name: string) => boolean): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => isWanted(name)))
}
