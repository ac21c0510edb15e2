import { type LoreEntry } from '#shared/entities.ts'
import { type Note, type Place } from '../fields/place.ts'
import { LINE_LENGTH, readFlag, readNumber, readText, readTexts, writeTexts } from '../fields/readings.ts'
import { all, at, set } from '../json/change.ts'
import { member } from '../json/values.ts'
import { type Path } from '../report.ts'

/** The numbers that SillyTavern writes for these words. */
const POSITIONS: readonly LoreEntry['position'][] = [
  'before',
  'after',
  'note_top',
  'note_bottom',
  'at_depth',
  'examples_top',
  'examples_bottom',
  'outlet',
]
const LOGICS: readonly LoreEntry['secondary_logic'][] = ['any', 'not_all', 'not_any', 'all']
const ROLES: readonly LoreEntry['role'][] = ['system', 'user', 'assistant']

/** A word that is written as a number. */
function codedPlace<Word extends string>(path: Path, words: readonly Word[]): Place<Word> {
  return {
    path,
    read: (json, note) => {
      if (json === null) return undefined
      const word = words.find((one, code) => json === code || json === String(code) || json === one)
      if (word === undefined) note.ignored('It is none of the numbers that are known')
      return word
    },
    write: (word) => set(words.indexOf(word)),
  }
}

export const positionPlace = (path: Path): Place<LoreEntry['position']> => codedPlace(path, POSITIONS)
export const logicPlace = (path: Path): Place<LoreEntry['secondary_logic']> => codedPlace(path, LOGICS)
export const rolePlace = (path: Path): Place<LoreEntry['role']> => codedPlace(path, ROLES)

/** `before_char` and `after_char`: cards have no words for the others. */
export function wordPositionPlace(path: Path): Place<LoreEntry['position']> {
  return {
    path,
    read: (json, note) => {
      if (json === 'before_char') return 'before'
      if (json === 'after_char') return 'after'
      if (typeof json !== 'number') return undefined
      note.repaired('a number where a word belongs', POSITIONS[json] ?? 'after')
      return POSITIONS[json]
    },
    write: (position, json) => {
      if (typeof json === 'number') return set(POSITIONS.indexOf(position))
      return position === 'before' || position === 'after' ? set(`${position}_char`) : undefined
    },
  }
}

export function keysPlace(path: Path): Place<string[]> {
  return { path, read: readKeys, write: writeTexts }
}

export function readKeys(json: unknown, note: Note): string[] | undefined {
  const keys = readTexts(json, note, { splits: true, longest: LINE_LENGTH, most: 1_000 })
  return keys?.filter((key) => key.trim() !== '')
}

/** Names of characters. */
export function namesPlace(path: Path): Place<string[]> {
  return { path, read: (json, note) => readKeys(json, note)?.slice(0, 200), write: writeTexts }
}

/** Keys in one line: `a, b`. */
export function commaKeysPlace(path: Path): Place<string[]> {
  return {
    path,
    read: (json, note) => (typeof json === 'string' ? keysOfLine(json) : readKeys(json, note)),
    write: (keys) => (keys.some((key) => key.includes(',')) ? set(keys) : set(keys.join(', '))),
  }
}

function keysOfLine(line: string): string[] {
  const keys = line.split(',').map((key) => key.trim().slice(0, LINE_LENGTH))
  return keys.filter((key) => key !== '').slice(0, 1_000)
}

/** Secondary keys count only where another member says so. */
export function secondaryKeysPlace(name: string, keys: Place<string[]>): Place<string[]> {
  return {
    path: [],
    members: [name, 'selective'],
    read: (entry, note) => {
      const json = member(entry, name)
      const texts = json === undefined ? undefined : keys.read(json, note)
      if (!texts || texts.length === 0) return undefined
      const selective = member(entry, 'selective')
      if (selective !== undefined && readFlag(selective, note) === true) return texts
      note.ignored('The entry says that its secondary keys do not count')
      return undefined
    },
    write: (texts, entry) => {
      const change = keys.write(texts, member(entry, name))
      const isOn = member(entry, 'selective') === true || texts.length === 0
      return all([change && at([name], change), isOn ? undefined : at(['selective'], set(true))])
    },
  }
}

/** A chance, and whether it counts. */
export function probabilityPlace(name: string, base: Path): Place<number> {
  return {
    path: base,
    members: [name, 'useProbability'],
    read: (entry, note) => {
      const json = member(entry, name)
      if (json === undefined) return undefined
      if (member(entry, 'useProbability') === false) return 100
      return readNumber(json, note, { min: 0, max: 100 })
    },
    write: (percent, entry) =>
      all([
        at([name], set(percent)),
        member(entry, 'useProbability') === false ? at(['useProbability'], set(true)) : undefined,
      ]),
  }
}

/** Whether it waits for other entries, and for which round of them. */
export function levelPlace(path: Path): Place<number> {
  return {
    path,
    read: (json, note) =>
      typeof json === 'boolean'
        ? Number(json)
        : readNumber(json, note, { min: 0, max: 1_000_000, isWhole: true }),
    write: (level, json) => set(typeof json === 'boolean' && level <= 1 ? level === 1 : level),
  }
}

/** On where the file says off. */
export function invertedPlace(path: Path): Place<boolean> {
  return {
    path,
    read: (json, note) => {
      const flag = readFlag(json, note)
      return flag === undefined ? undefined : !flag
    },
    write: (value) => set(!value),
  }
}

/** The title of an entry; an empty one leaves the word to the next place. */
export function titlePlace(path: Path, isAlias = false): Place<string> {
  return { path, isAlias, read: (json, note) => readText(json, note, LINE_LENGTH) || undefined, write: set }
}
