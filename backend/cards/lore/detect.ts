import { isObject, member, valueAt } from '../json/values.ts'
import { type Path } from '../report.ts'
import { DIALECTS, type Dialect } from './dialects.ts'

/** Where in a file a lorebook is, and in whose words. */
interface FoundBook {
  readonly raw: unknown
  readonly path: Path
  readonly dialect: Dialect
  readonly format: string
}

/** The lorebook that a parsed file is. @returns undefined if it is none. */
export function lorebookIn(json: unknown): FoundBook | undefined {
  if (!isObject(json)) return undefined
  const whole = { raw: json, path: [] }
  if (member(json, 'spec') === 'lorebook_v3' && isObject(member(json, 'data'))) {
    return { raw: member(json, 'data'), path: ['data'], dialect: DIALECTS.card, format: 'lorebook_v3' }
  }
  if (Array.isArray(member(json, 'data')) && (member(json, 'type') === 'risu' || hasRisuEntries(json))) {
    return { ...whole, dialect: DIALECTS.risu, format: 'risu' }
  }
  const first = firstEntry(json)
  if (first === undefined) return undefined
  if (member(json, 'kind') === 'memory' || 'keywords' in first) {
    return { ...whole, dialect: DIALECTS.agnai, format: 'agnai' }
  }
  if (member(json, 'lorebookVersion') !== undefined)
    return { ...whole, dialect: DIALECTS.novelai, format: 'novelai' }
  if ('keys' in first) return { ...whole, dialect: DIALECTS.card, format: 'lorebook_v3' }
  return { ...whole, dialect: DIALECTS.sillytavern, format: 'sillytavern' }
}

function hasRisuEntries(json: unknown): boolean {
  const first = valueAt(json, ['data', 0])
  return isObject(first) && 'key' in first && 'insertorder' in first
}

/** {} of a book without any. */
function firstEntry(json: unknown): object | undefined {
  const entries = member(json, 'entries')
  if (!isObject(entries) && !Array.isArray(entries)) return undefined
  return Object.values(entries).find(isObject) ?? {}
}
