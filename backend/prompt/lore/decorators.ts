import { type LoreEntry, MessageRole } from '#shared/entities.ts'

/** What the `@@` lines at the beginning of an entry's text say beside what its fields say. */
export interface Decorators {
  /** The text without them. */
  readonly content: string
  /** Fields they overrule. */
  readonly fields: Partial<LoreEntry>
  readonly forced?: 'on' | 'off'
  /** Counts of what characters have said. */
  readonly onlyAfter?: number
  readonly onlyEvery?: number
  readonly reverseDepth?: number
  readonly afterMatch?: 'keep' | 'never'
  readonly isFirstToGo?: boolean
  /** One of each list has to be there. */
  readonly additionalKeys: readonly (readonly string[])[]
  readonly excludedKeys: readonly string[]
}

type Reading = (value: string) => Partial<Decorators> | undefined

const READINGS = new Map<string, Reading>(
  Object.entries<Reading>({
    activate: () => ({ forced: 'on' }),
    dont_activate: () => ({ forced: 'off' }),
    activate_only_after: (value) => withCount(value, (onlyAfter) => ({ onlyAfter })),
    activate_only_every: (value) => withCount(value, (onlyEvery) => ({ onlyEvery: Math.max(1, onlyEvery) })),
    keep_activate_after_match: () => ({ afterMatch: 'keep' }),
    dont_activate_after_match: () => ({ afterMatch: 'never' }),
    depth: (value) => withCount(value, (depth) => ({ fields: { depth, position: 'at_depth' } })),
    reverse_depth: (value) =>
      withCount(value, (reverseDepth) => ({ reverseDepth, fields: { position: 'at_depth' } })),
    role: (value) => {
      const { data: role } = MessageRole.safeParse(value)
      return role && { fields: { role } }
    },
    scan_depth: (value) => withCount(value, (scan_depth) => ({ fields: { scan_depth } })),
    position: (value) => POSITIONS.get(value),
    probability: (value) =>
      withCount(value, (percent) => ({ fields: { probability: Math.min(percent, 100) } })),
    ignore_on_max_context: () => ({ isFirstToGo: true }),
    additional_keys: (value) => ({ additionalKeys: [listOf(value)] }),
    exclude_keys: (value) => ({ excludedKeys: listOf(value) }),
  }),
)

const POSITIONS = new Map<string, Partial<Decorators>>([
  ['before_desc', { fields: { position: 'before' } }],
  ['after_desc', { fields: { position: 'after' } }],
  ['personality', { fields: { position: 'after' } }],
  ['scenario', { fields: { position: 'after' } }],
])

/** Reads the decorators of a card of version 3. Unknown ones mean nothing, and all of them leave the text. */
export function readDecorators(text: string): Decorators {
  if (!text.includes('@@')) return { ...NONE, content: text }
  const lines = text.split('\n')
  const count = lines.findIndex((line) => !line.startsWith('@@') && line.trim() !== '')
  const head = lines.slice(0, count === -1 ? lines.length : count)
  if (!head.some((line) => line.startsWith('@@'))) return { ...NONE, content: text }
  const content = lines.slice(head.length).join('\n').trim()
  return chosen(head).reduce<Decorators>(combined, { ...NONE, content })
}

const NONE: Omit<Decorators, 'content'> = { fields: {}, additionalKeys: [], excludedKeys: [] }

/** One reading per decorator: its own, or that of the first of its fallbacks (three `@`) that is known. */
function chosen(lines: readonly string[]): readonly Partial<Decorators>[] {
  const readings: Partial<Decorators>[] = []
  const seen = new Set<string>()
  let isSettled = false
  for (const line of lines) {
    const [, signs = '', name = '', value = ''] = /^(@@@?)([a-z_]+)\s*(.*)$/.exec(line.trim()) ?? []
    if (signs === '') continue
    if (signs === '@@') isSettled = false
    if (isSettled) continue
    const reading = READINGS.get(name)?.(value.trim())
    if (!reading) continue
    isSettled = true
    if (seen.has(name) && name !== 'additional_keys') continue
    seen.add(name)
    readings.push(reading)
  }
  return readings
}

function combined(all: Decorators, one: Partial<Decorators>): Decorators {
  const isForcedOn = all.forced === 'on' || one.forced === 'on'
  // Where it is to stand by name wins over where by depth.
  const isPlaced = all.fields.position !== undefined && all.fields.position !== 'at_depth'
  const fields = isPlaced && one.fields?.position === 'at_depth' ? {} : one.fields
  return {
    ...all,
    ...one,
    ...(isForcedOn ? { forced: 'on' as const } : {}),
    fields: { ...all.fields, ...fields },
    additionalKeys: [...all.additionalKeys, ...(one.additionalKeys ?? [])],
    excludedKeys: [...all.excludedKeys, ...(one.excludedKeys ?? [])],
  }
}

function withCount(
  value: string,
  make: (count: number) => Partial<Decorators>,
): Partial<Decorators> | undefined {
  const count = Number(value)
  return value !== '' && Number.isInteger(count) && count >= 0 ? make(count) : undefined
}

function listOf(value: string): readonly string[] {
  return value
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '')
}
