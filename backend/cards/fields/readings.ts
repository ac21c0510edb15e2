import { TEXT_MAX_CHARACTERS } from '#shared/entities.ts'
import { set, type Change, type Item } from '../json/change.ts'
import { isObject } from '../json/values.ts'
import { type Path } from '../report.ts'
import { type Note, type Place, type Some } from './place.ts'

/** The lengths that Troupe takes; what is longer stays whole in the file. */
export const LINE_LENGTH = 500
export const TEXT_LENGTH = TEXT_MAX_CHARACTERS

/** A text, whatever it is written as. */
export function readText(json: unknown, note: Note, longest: number = TEXT_LENGTH): string | undefined {
  if (typeof json === 'string') return shortened(json, note, longest)
  if (json === null) return repaired(note, 'null where a text belongs', '')
  if (typeof json === 'number' || typeof json === 'boolean') {
    return repaired(note, `a ${typeof json} where a text belongs`, String(json))
  }
  if (Array.isArray(json)) {
    const lines = json.filter((line) => typeof line === 'string')
    return shortened(
      repaired(note, 'a list where a text belongs: one line each', lines.join('\n')),
      note,
      longest,
    )
  }
  note.ignored('It is no text')
  return undefined
}

function shortened(text: string, note: Note, longest: number): string {
  if (looksEncodedTwice(text)) {
    note.ignored('Some letters look as if they were encoded twice (â€™ for ’); they are left as they are')
  }
  // As the database would give it back: else a card that nobody edited would look edited.
  const whole = text.isWellFormed()
    ? text
    : repaired(note, 'halves of characters shown as \uFFFD', text.toWellFormed())
  if (whole.length <= longest) return whole
  const end = /[\uD800-\uDBFF]/.test(whole.charAt(longest - 1)) ? longest - 1 : longest
  return repaired(note, `longer than ${longest} characters: cut here, whole in the file`, whole.slice(0, end))
}

/** UTF-8 that was read as Windows-1252 once: `â€™`, `Ã©`. */
function looksEncodedTwice(text: string): boolean {
  return /â€[™œ“”˜¦\u009d]|Ã[©¨¼¶¤ŸŠ±]/.test(text)
}

export function repaired<Value>(note: Note, rule: string, to: Value): Value {
  note.repaired(rule, to)
  return to
}

/** @param splits whether one text with commas is a list, too. */
export function readTexts(
  json: unknown,
  note: Note,
  {
    splits = false,
    longest = TEXT_LENGTH,
    most = 200,
  }: { splits?: boolean; longest?: number; most?: number } = {},
): string[] | undefined {
  const texts = listOf(json, note, splits)
  if (!texts) return undefined
  const kept = texts.flatMap((text) => {
    if (typeof text === 'string') return [shortened(text, note, longest)]
    if (typeof text === 'number') return [String(text)]
    return []
  })
  if (texts.some((text) => typeof text !== 'string'))
    note.repaired('what is no text left out of a list', kept)
  if (kept.length > most) note.repaired(`more than ${most}: the rest stays in the file`, `${most}`)
  return kept.slice(0, most)
}

function listOf(json: unknown, note: Note, splits: boolean): readonly unknown[] | undefined {
  if (Array.isArray(json)) return json
  if (json === null) return repaired(note, 'null where a list belongs', [])
  if (typeof json === 'string') {
    const texts = splits ? json.split(',').map((text) => text.trim()) : [json]
    return repaired(
      note,
      'one text where a list belongs',
      texts.filter((text) => text !== ''),
    )
  }
  if (isObject(json)) return repaired(note, 'an object where a list belongs', Object.values(json))
  note.ignored('It is no list')
  return undefined
}

/** Also from text; outside of its bounds it is put to the next. */
export function readNumber(
  json: unknown,
  note: Note,
  { min = -1e9, max = 1e9, isWhole = false }: { min?: number; max?: number; isWhole?: boolean } = {},
): number | undefined {
  if (json === null) return undefined
  const number = typeof json === 'string' && json.trim() !== '' ? Number(json) : json
  if (typeof number !== 'number' || Number.isNaN(number)) {
    note.ignored('It is no number')
    return undefined
  }
  const fit = Math.min(Math.max(isWhole ? Math.round(number) : number, min), max)
  // Strings of numbers are usual, and nothing to speak of.
  if (fit !== number) note.repaired('a number out of bounds', fit)
  return fit
}

export function readFlag(json: unknown, note: Note): boolean | undefined {
  if (typeof json === 'boolean') return json
  if (json === null) return undefined
  if (json === 'true' || json === 1) return repaired(note, 'yes or no in other words', true)
  if (json === 'false' || json === 0 || json === '') return repaired(note, 'yes or no in other words', false)
  note.ignored('It says neither yes nor no')
  return undefined
}

/** A list as it is to be: items that were there already keep their spelling. */
export function writeTexts(texts: readonly string[], json: unknown): Change {
  if (!Array.isArray(json)) return set(texts)
  const unused = new Map<unknown, number[]>()
  json.forEach((item: unknown, index) => {
    const text = typeof item === 'string' ? item.toWellFormed() : item
    const places = unused.get(text)
    if (places) places.push(index)
    else unused.set(text, [index])
  })
  const items = texts.map((value): Item => {
    const from = unused.get(value)?.shift()
    return from === undefined ? { value } : { from }
  })
  return { kind: 'items', items }
}

type Options = { readonly isAlias?: boolean; readonly longest?: number }

export function textPlace(
  path: Path,
  { isAlias = false, longest = TEXT_LENGTH }: Options = {},
): Place<string> {
  return { path, isAlias, read: (json, note) => readText(json, note, longest), write: set }
}

export function flagPlace(path: Path): Place<boolean> {
  return { path, read: readFlag, write: set }
}

export function numberPlace(path: Path, bounds: Parameters<typeof readNumber>[2]): Place<number> {
  return { path, read: (json, note) => readNumber(json, note, bounds), write: set }
}

/**
 * What a format has no word for, in ours.
 * @param parse of an object with this one member; undefined if it is not what it should be.
 */
export function ownPlace<Fields, Name extends keyof Fields & string>(
  base: Path,
  name: Name,
  parse: (object: unknown) => Some<Fields> | undefined,
): Place<Fields[Name]> {
  return {
    path: [...base, name],
    read: (json, note) => {
      const value = parse({ [name]: json })?.[name]
      if (value === undefined) note.ignored('It is not what Troupe writes here')
      return value
    },
    write: set,
  }
}
