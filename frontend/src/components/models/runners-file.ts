import { z } from 'zod'
import { type ModelFileInfo } from '#shared/entities.ts'
import { fileName } from './models-words.ts'

/** The runners file as text, and what is changed in it. What it holds beside that stays as it is. */

/** A runner as it is written. */
export type Entry = Readonly<Record<string, unknown>>

const Whole = z.record(z.string(), z.unknown())
const Entries = z.array(z.record(z.string(), z.unknown()))
/** In the older shape, runners are not in a list: it can only be changed as text. */
const OLDER_KEYS = ['models', 'parameters', 'llama-runtimes', 'model_discovery', 'audio']
const SCHEMA = './runners.schema.json'

/** @returns null if it is no JSON, or of the older shape. */
export function entriesIn(text: string): readonly Entry[] | null {
  const whole = wholeOf(text)
  if (!whole || OLDER_KEYS.some((key) => key in whole)) return null
  const entries = Entries.safeParse(whole['runners'] ?? [])
  return entries.success ? entries.data : null
}

/** @throws Error if the text has no list of runners. */
export function withEntries(text: string, change: (entries: readonly Entry[]) => readonly Entry[]): string {
  const whole = wholeOf(text)
  const entries = entriesIn(text)
  if (!whole || !entries) throw new Error('no list')
  const isEmpty = Object.keys(whole).length === 0
  const changed = { ...(isEmpty ? { $schema: SCHEMA } : {}), ...whole, runners: change(entries) }
  return `${JSON.stringify(changed, null, 2)}\n`
}

/** Some keys otherwise; those that are undefined are taken out. */
export function changedEntry(entry: Entry, patch: Entry): Entry {
  return Object.fromEntries(Object.entries({ ...entry, ...patch }).filter(([, value]) => value !== undefined))
}

/** Upper and lower case are alike. */
export function namesIn(entries: readonly Entry[]): Set<string> {
  const names = entries.flatMap(({ id, aliases }) => [id, ...(Array.isArray(aliases) ? aliases : [])])
  return new Set(names.map((name) => String(name).toLowerCase()))
}

/** `name`, else `name-2`, `name-3` … */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted
  for (let count = 2; taken.has(name.toLowerCase()); count += 1) name = `${wanted}-${count}`
  return name
}

const MOST_CONTEXT_TOKENS = 8_192

/** How a file that was found is run. */
export function entryFor(file: ModelFileInfo, taken: ReadonlySet<string>): Entry & { readonly id: string } {
  const { path, projector_path: projector, context_length: context = 0, architecture = '' } = file
  return {
    kind: 'llama',
    id: freeName(nameFor(path), taken),
    model: path,
    ...(/bert|embed/iu.test(`${architecture} ${fileName(path)}`) ? { embeddings: true } : {}),
    ...(projector === undefined ? {} : { mmproj: projector }),
    // Whoever wants all of it says so: it takes memory.
    ...(context > MOST_CONTEXT_TOKENS ? { context_tokens: MOST_CONTEXT_TOKENS } : {}),
  }
}

/** A name that can be typed. */
export function nameFor(path: string): string {
  const plain = fileName(path)
    .replace(/(?:-\d{5}-of-\d{5})?\.gguf$/iu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replaceAll(/-{2,}/gu, '-')
    .replaceAll(/^-+|-+$/gu, '')
  return plain === '' ? 'model' : plain.slice(0, 100)
}

function wholeOf(text: string): Record<string, unknown> | undefined {
  try {
    return Whole.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
