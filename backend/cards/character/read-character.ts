import { CharacterDraft, type LorebookDraft } from '#shared/entities.ts'
import { atOnce, type Steps } from '../../lib/steps.ts'
import { type CardSpec } from '../contract.ts'
import { readFields } from '../fields/record.ts'
import { isObject, valueAt } from '../json/values.ts'
import { noteKept } from '../kept.ts'
import { DIALECTS, type Dialect } from '../lore/dialects.ts'
import { bookSteps } from '../lore/read-book.ts'
import { Report, type Path } from '../report.ts'
import { BLANK, type CardFields } from './card-fields.ts'
import { LAYOUTS, type Layout } from './layouts.ts'

/** What a card says, as far as it concerns Troupe. */
export interface CardContent {
  readonly fields: CardFields
  readonly lorebook: LorebookDraft | null
}

interface CardSource {
  readonly spec: CardSpec
  /** What it is called if it does not say. */
  readonly name: string
  readonly report?: Report
}

export function readCharacter(card: unknown, source: CardSource): CardContent {
  return atOnce(characterSteps(card, source))
}

/** The same in steps, as a lorebook may be in it. */
export function* characterSteps(
  card: unknown,
  { spec, name, report = new Report() }: CardSource,
): Steps<CardContent> {
  const layout = LAYOUTS[spec]
  const found = readFields(card, layout.table, { report, path: [] })
  if (found.name === undefined) {
    const path = layout.isFlat ? ['name'] : ['data', 'name']
    report.repaired(path, 'no name: called after its file', { from: valueAt(card, path) ?? '', to: name })
  }
  const fields = { ...BLANK, ...found, name: found.name ?? name }
  noteUnusual(card, layout, report)
  const book = bookOf(card, layout)
  if (!book) return { fields, lorebook: null }
  yield
  const { raw, dialect, path } = book
  return { fields, lorebook: yield* bookSteps(raw, { dialect, name: fields.name, path, report }) }
}

export function draftOf(fields: CardFields): CharacterDraft {
  return CharacterDraft.parse(fields)
}

/** The book inside a card: in its own words, or a file of SillyTavern that was pasted in. */
export function bookOf(
  card: unknown,
  { books }: Layout,
): { readonly raw: unknown; readonly path: Path; readonly dialect: Dialect } | undefined {
  for (const path of books) {
    const raw = valueAt(card, path)
    if (!isObject(raw)) continue
    const entries = raw['entries']
    const [first] = Object.values(isObject(entries) || Array.isArray(entries) ? entries : {}) as unknown[]
    const isPasted = isObject(first) && 'key' in first && !('keys' in first)
    return { raw, path, dialect: isPasted ? DIALECTS.sillytavern : DIALECTS.card }
  }
  return undefined
}

function noteUnusual(card: unknown, layout: Layout, report: Report): void {
  noteKept(card, layout.known, { report, path: [] })
  for (const [index, path] of layout.books.entries()) {
    const raw = valueAt(card, path)
    if (raw === undefined) continue
    if (!isObject(raw)) report.repaired(path, 'no lorebook', { from: raw, to: 'nothing' })
    else if (index > 0)
      report.repaired(path, 'the lorebook outside of data', { from: path.join('.'), to: 'used' })
  }
  const extensions = valueAt(card, ['data', 'extensions'])
  if (!layout.isFlat && !isObject(extensions)) {
    report.repaired(['data', 'extensions'], 'no extensions', { from: extensions ?? 'nothing', to: {} })
  }
  const greetings = valueAt(card, ['data', 'first_mes'])
  if (greetings === undefined && !layout.isFlat) {
    report.repaired(['data', 'first_mes'], 'no greeting', { from: 'nothing', to: '' })
  }
}
