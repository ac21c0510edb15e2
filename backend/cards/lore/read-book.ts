import { type LorebookDraft, type LoreEntry } from '#shared/entities.ts'
import { atOnce, type Steps } from '../../lib/steps.ts'
import { pathsOf } from '../fields/place.ts'
import { readFields } from '../fields/record.ts'
import { knownPaths, noteKept, type KnownPaths } from '../kept.ts'
import { Report, type Path } from '../report.ts'
import { type Dialect } from './dialects.ts'
import { noteEntries, rawEntries, type RawEntry } from './entries.ts'
import { BLANK_BOOK, BLANK_ENTRY } from './fields.ts'

const MAX_ENTRIES = 20_000

interface BookSource {
  readonly dialect: Dialect
  /** What it is called if it does not say. */
  readonly name: string
  readonly path: Path
  readonly report?: Report
}

/** A lorebook, whoever wrote it. */
export function readBook(raw: unknown, source: BookSource): LorebookDraft {
  return atOnce(bookSteps(raw, source))
}

/** So many entries are read in one step. */
const STEP_ENTRIES = 200

/** The same in steps, as some have thousands of entries. */
export function* bookSteps(
  raw: unknown,
  { dialect, name, path, report = new Report() }: BookSource,
): Steps<LorebookDraft> {
  const known = knownOf(dialect)
  const fields = readFields(raw, dialect.book, { report, path })
  const entries = rawEntries(raw, dialect)
  noteEntries(raw, dialect, { report, path })
  noteKept(raw, known.book, { report, path })
  if (entries.length > MAX_ENTRIES) {
    report.ignored([...path, ...dialect.entries], `Only the first ${MAX_ENTRIES} entries are used`)
  }
  yield
  const read: LoreEntry[] = []
  const all = { report, path: [...path, ...dialect.entries, '*'] }
  for (const [index, entry] of entries.slice(0, MAX_ENTRIES).entries()) {
    noteKept(entry.raw, known.entry, all)
    read.push(readEntry(entry, dialect, { report, path: [...path, ...dialect.entries, entry.key] }))
    if (index % STEP_ENTRIES === STEP_ENTRIES - 1) yield
  }
  return {
    ...BLANK_BOOK,
    ...fields,
    name: fields.name ?? bookName(name),
    is_global: false,
    entries: read,
  }
}

/** What tells the kinds of books apart says nothing to people. */
const MARKS: readonly Path[] = [['lorebookVersion'], ['kind'], ['type'], ['ver'], ['extensions', 'troupe']]

interface KnownOfDialect {
  readonly book: KnownPaths
  readonly entry: KnownPaths
}

const knownOfDialects = new Map<Dialect, KnownOfDialect>()

function knownOf(dialect: Dialect): KnownOfDialect {
  const known = knownOfDialects.get(dialect) ?? {
    book: knownPaths([...pathsOf(dialect.book), dialect.entries, ...MARKS]),
    entry: knownPaths([...pathsOf(dialect.entry), [dialect.idName]]),
  }
  knownOfDialects.set(dialect, known)
  return known
}

function bookName(name: string): string {
  return name.trim().slice(0, 500).trim() || 'Lorebook'
}

export function readEntry(
  { raw, id }: RawEntry,
  dialect: Dialect,
  where: { readonly report: Report; readonly path: Path } = { report: new Report(), path: [] },
): LoreEntry {
  return { ...BLANK_ENTRY, position: dialect.position, ...readFields(raw, dialect.entry, where), id }
}
