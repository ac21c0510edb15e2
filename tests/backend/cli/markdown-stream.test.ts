import { describe, expect, test } from 'vitest'
import { MarkdownStream } from '../../../backend/cli/markdown-stream.ts'
import { SeededRandom } from '../../support/seeded-random.ts'

/** Styles as tags, so that a test can be read. */
function readable(text: string): string {
  const names: Record<string, string> = { 1: 'b', 2: 'dim', 3: 'i', 4: 'u', 9: 's', 36: 'code' }
  // oxlint-disable-next-line no-control-regex -- Escape sequences are what is looked for.
  return text.replaceAll(/\u001B\[([0-9;]*)m/g, (_sequence, codes: string) => {
    const set = codes.split(';').filter((code) => code !== '0')
    return set.length === 0 ? '</>' : `<${set.map((code) => names[code] ?? code).join(' ')}>`
  })
}

function rendered(markdown: string): string {
  const stream = new MarkdownStream()
  return readable(stream.push(markdown) + stream.end())
}

const CASES: readonly (readonly [what: string, markdown: string, shown: string])[] = [
  ['plain words', 'Hello there.', 'Hello there.'],
  ['bold', 'a **bold** word', 'a <b>bold</> word'],
  ['italic with stars', '*waves* hello', '<i>waves</> hello'],
  ['italic with underscores', 'an _odd_ one', 'an <i>odd</> one'],
  ['bold and italic', '***both***', '<b i>both</>'],
  ['struck through', '~~no~~ yes', '<s>no</> yes'],
  ['code', 'run `npm start` now', 'run <code>npm start</> now'],
  ['code that holds marks', '`a * b`', '<code>a * b</>'],
  ['code with backticks inside', '``a ` b``', '<code>a ` b</>'],
  ['a lone star', '2 * 3 * 4', '2 * 3 * 4'],
  ['names with underscores', 'snake_case_name', 'snake_case_name'],
  ['an escaped star', String.raw`\*not\* italic`, '*not* italic'],
  ['a backslash that escapes nothing', String.raw`C:\temp`, String.raw`C:\temp`],
  ['emphasis that is never closed ends with its line', '*oh\nwell', '<i>oh</>\nwell'],
  ['a heading', '# Title\nText', '<b>Title</>\nText'],
  ['a heading with bold', '## A **b**', '<b>A <b b>b<b></>'],
  ['no heading without a space', '#hashtag', '#hashtag'],
  ['a list', '- one\n* two\n+ three', '• one\n• two\n• three'],
  ['a nested list', '- one\n  - two', '• one\n  • two'],
  ['numbers', '1. one\n2) two', '1. one\n2) two'],
  ['a year is no list', '1984 was fine', '1984 was fine'],
  ['a quote', '> said so', '<dim>│ said so</>'],
  ['a rule', 'a\n---\nb', `a\n<dim>${'─'.repeat(24)}</></>\nb`.replace('</></>', '</>')],
  ['bold at the start of a line', '**Nora** laughs', '<b>Nora</> laughs'],
  ['a fence', '```ts\nconst a = 1 * 2\n```\nafter', '<dim>ts</></>\n<code>const a = 1 * 2</>\n\nafter'],
  ['a fence that is never closed', '~~~\n# not a heading', '</>\n<code># not a heading'],
  ['a link', 'see [the page](https://a.example)', 'see <u>the page</> <dim>(https://a.example)</>'],
  ['brackets that are no link', 'a [b] c [d', 'a [b] c [d'],
  ['a table stays as it is', '| a | b |\n|---|---|', '| a | b |\n|---|---|'],
  ['stars around Chinese', '**你好**吗', '<b>你好</>吗'],
]

describe('MarkdownStream', () => {
  test.each(CASES)('shows %s', (_what, markdown, shown) => {
    expect(rendered(markdown)).toBe(shown)
  })

  test('shows the same, however the text is cut into pieces', () => {
    const random = new SeededRandom(7)
    for (const [, markdown] of CASES) {
      const whole = rendered(markdown)
      const stream = new MarkdownStream()
      let shown = ''
      for (let at = 0; at < markdown.length;) {
        const end = at + 1 + Math.floor(random.next() * 3)
        shown += stream.push(markdown.slice(at, end))
        at = end
      }
      expect(readable(shown + stream.end())).toBe(whole)
    }
  })

  test('shows words as they come, not line by line', () => {
    const stream = new MarkdownStream()
    expect(stream.push('Once upon')).toBe('Once upon')
    expect(stream.push(' a time')).toBe(' a time')
  })

  test('loses no word of arbitrary text', () => {
    const random = new SeededRandom(11)
    const alphabet = 'ab *_`~[]()#->1.\\\n|'.split('')
    for (let round = 0; round < 300; round += 1) {
      const text = Array.from(
        { length: 40 },
        () => alphabet[Math.floor(random.next() * alphabet.length)],
      ).join('')
      const stream = new MarkdownStream()
      const shown = stream.push(text) + stream.end()
      const letters = (of: string): string =>
        readable(of)
          .replaceAll(/<[^>]*>/g, '')
          .replaceAll(/[^ab]/g, '')
      expect({ text, letters: letters(shown) }).toEqual({ text, letters: text.replaceAll(/[^ab]/g, '') })
    }
  })

  test('does not let a model steer the terminal', () => {
    expect(rendered('a\u001B]0;title\u0007b\u001B[2Jc\u009B31md\u202Ee')).toBe('a]0;titleb[2Jc31mde')
  })
})
