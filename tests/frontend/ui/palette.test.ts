import { describe, expect, it } from 'vitest'
import { readFileSync } from 'node:fs'
import {
  COMMAND_LINES,
  hintOf,
  KEY_GROUPS,
  KEY_LINES,
  keysOf,
} from '../../../frontend/src/components/shell/keys.ts'
import { itemsMatching } from '../../../frontend/src/components/shell/palette-items.ts'
import { en } from '../../../frontend/src/locales/en.ts'

const items = ['New conversation', 'Settings: Sound', 'Zoë'].map((name) => ({
  id: name,
  name,
  run: () => {},
}))
const names = (query: string) => itemsMatching(items, query).map(({ name }) => name)

describe('the palette', () => {
  it('finds by the beginnings of words, in any order', () => {
    expect(names('conv new')).toEqual(['New conversation'])
    expect(names('ettings')).toEqual([])
  })

  it('needs neither capitals nor accents', () => {
    expect(names('ZOE')).toEqual(['Zoë'])
  })

  it('shows everything while nothing is asked for', () => {
    expect(names(' ')).toHaveLength(3)
  })
})

describe('the keys', () => {
  it('are shown with a tip as browsers want them named', () => {
    expect(keysOf('palette')).toBe('Ctrl+K')
    expect(keysOf('silence')).toBe('Shift+Esc')
  })

  it('have what can be typed beside them, each command with words of its own, in docs/keys.md too', () => {
    const words: Readonly<Record<string, unknown>> = en.chat.commands
    const hints = COMMAND_LINES.map((name) => words[hintOf(name).split('.').at(-1) ?? ''])
    expect(new Set(hints).size).toBe(COMMAND_LINES.length)
    const page = readFileSync(new URL('../../../docs/keys.md', import.meta.url), 'utf8')
    for (const [index, name] of COMMAND_LINES.entries()) {
      expect(hints[index]).toMatch(/^[A-Z][^{]+$/u)
      expect(page).toContain(`| \`/${name}\` | ${String(hints[index])} |`)
    }
  })

  it('are all in docs/keys.md, group by group', () => {
    const words: Readonly<Record<string, string>> = en.shell.keys
    const page = readFileSync(new URL('../../../docs/keys.md', import.meta.url), 'utf8')
    for (const group of KEY_GROUPS) {
      const lines = KEY_LINES.filter((line) => line.group === group)
      const rows = lines.map(
        ({ id, keys }) =>
          `| ${keys.map((key) => (key === 'then' ? 'then' : `\`${key}\``)).join(' ')} | ${words[id]} |`,
      )
      expect(page).toContain(
        [`## ${words[group]}`, '', '| Key | What it does |', '| --- | --- |', ...rows].join('\n'),
      )
    }
  })
})
