import { type Place } from '../fields/place.ts'
import { writeTexts } from '../fields/readings.ts'
import { all, at, set } from '../json/change.ts'
import { member, valueAt } from '../json/values.ts'
import { readKeys } from './readings.ts'

/** A key of ours is a regular expression if it stands between slashes. */
const SLASHED = /^\/.+\/[a-z]*$/s

/**
 * Keys of cards of version 3, which may all be regular expressions. SillyTavern says so of every entry, also of plain
 * words, so from its entries only what stands between slashes is one.
 */
export function cardKeysPlace(): Place<string[]> {
  return {
    path: [],
    members: ['keys', 'use_regex'],
    read: (entry, note) => {
      const json = member(entry, 'keys')
      const keys = json === undefined ? undefined : readKeys(json, note)
      if (!keys || !isRegexEntry(entry)) return keys
      const flags = member(entry, 'case_sensitive') === true ? '' : 'i'
      return keys.map((key) => (SLASHED.test(key) ? key : `/${key}/${flags}`))
    },
    write: (keys, entry) => {
      const change = all([at(['keys'], writeTexts(keys, member(entry, 'keys')))])
      const isExpressible = !isRegexEntry(entry) || keys.every((key) => SLASHED.test(key))
      return isExpressible ? change : all([change, at(['use_regex'], set(false))])
    },
  }
}

function isRegexEntry(entry: unknown): boolean {
  const isTavern = ['display_index', 'selectiveLogic'].some(
    (name) => valueAt(entry, ['extensions', name]) !== undefined,
  )
  return member(entry, 'use_regex') === true && !isTavern
}
