import { type Conflict } from './edited-character.ts'
import { fieldName } from './draft.ts'

/** Both versions of every field that was changed in two places, in words. */
export function conflictFields({ fields, mine, theirs }: Conflict) {
  return fields.map((key) => ({
    key,
    label: fieldName(key),
    mine: wordsOf(mine[key]),
    theirs: wordsOf(theirs[key]),
  }))
}

function wordsOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join('\n———\n')
  return JSON.stringify(value, undefined, 2)
}
