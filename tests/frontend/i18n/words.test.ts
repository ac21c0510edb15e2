import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { de } from '../../../frontend/src/locales/de.ts'
import { en } from '../../../frontend/src/locales/en.ts'
import { literalWords, sentencesIn } from './literal-words.ts'

const SOURCE = fileURLToPath(new URL('../../../frontend/src', import.meta.url))
/** Names under which something is stored; what is shown instead is in the catalogues. */
const IDS = ['As the server has it']
/** Pages that only those who work on Troupe see. */
const NOT_TRANSLATED = /^dev\//u

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(?:vue|ts)$/u.test(path) && !NOT_TRANSLATED.test(path))
  .map((path) => ({
    path: relative(SOURCE, join(SOURCE, path)),
    text: readFileSync(join(SOURCE, path), 'utf8'),
  }))
const code = files.filter(({ path }) => !path.startsWith('locales/'))

/** `area.key.key` → what it says. */
function flat(words: object, before = ''): Map<string, string> {
  const entries = Object.entries(words).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    const path = before === '' ? key : `${before}.${key}`
    return typeof value === 'string' ? [[path, value]] : [...flat(Object(value), path)]
  })
  return new Map(entries)
}

const english = flat(en)
const german = flat(de)
const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{[\w']+\}/gu)].map(([one]) => one).toSorted()

const rooms = (words: Map<string, string>) => [...words].map(([key, text]) => [key, placeholders(text)])

describe('the words of the interface', () => {
  it('are the same in English and in German: no key too few, too many, or empty', () => {
    expect([...german.keys()]).toEqual([...english.keys()])
    const empty = [...english, ...german].filter(([, text]) => text.trim() === '')
    expect(empty).toEqual([])
  })

  it('leave room for the same things in both languages', () => {
    expect(rooms(german)).toEqual(rooms(english))
  })

  it('are all used, and all there', () => {
    const areas = Object.keys(en).join('|')
    const named = new Set<string>()
    const begun = new Set<string>()
    for (const { text } of code) {
      // In double quotes stands the code of a template, which reads stores that are called like the areas.
      for (const [, , key = ''] of text.matchAll(new RegExp(`(['\`])((?:${areas})(?:\\.[\\w-]+)+)\\1`, 'gu')))
        named.add(key)
      for (const [, key = ''] of text.matchAll(new RegExp(`\`((?:${areas})\\.[\\w.-]*)\\$\\{`, 'gu')))
        begun.add(key)
    }
    const isUsed = (key: string) => named.has(key) || [...begun].some((start) => key.startsWith(start))
    expect([...english.keys()].filter((key) => !isUsed(key))).toEqual([])
    const isGroup = (key: string) => [...english.keys()].some((one) => one.startsWith(`${key}.`))
    expect([...named].filter((key) => !english.has(key) && !isGroup(key))).toEqual([])
  })

  it('stand in the catalogues, not in the templates', () => {
    const found = code
      .filter(({ path }) => path.endsWith('.vue'))
      .flatMap(({ path, text }) => literalWords(text).map((word) => `${path}: ${word}`))
    expect(found).toEqual([])
  })

  it('stand in the catalogues, not in the code', () => {
    const scripts = code.filter(({ path }) => path.endsWith('.ts'))
    const found = scripts.flatMap(({ path, text }) =>
      sentencesIn(text)
        .filter((sentence) => !IDS.includes(sentence))
        .map((sentence) => `${path}: ${sentence}`),
    )
    expect(found).toEqual([])
  })
})
