/** Of what kind the fields are that a query string holds as text. */
const COUNTS = new Set(['limit', 'offset'])
const FLAGS = new Set(['archived', 'favourites', 'any_tag'])
const LISTS = new Set(['ids', 'tags', 'without_tags'])
/** Short names that people type. */
const SHORT = new Map([['q', 'query']])

const FLAG_VALUES = new Map<unknown, boolean | null>([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
  ['any', null],
])

/** A query string as the fields of a request; anything odd is left to the schema. */
export function queryRead(query: unknown): unknown {
  if (!isRecord(query)) return query
  const entries = Object.entries(query).map(([given, value]) => {
    const name = SHORT.get(given) ?? given
    return [name, valueRead(name, value)]
  })
  return Object.fromEntries(entries)
}

function valueRead(name: string, value: unknown): unknown {
  if (COUNTS.has(name) && typeof value === 'string' && /^\d+$/.test(value)) return Number(value)
  if (FLAGS.has(name) && FLAG_VALUES.has(value)) return FLAG_VALUES.get(value)
  if (LISTS.has(name) && typeof value === 'string') return [value]
  return value
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
