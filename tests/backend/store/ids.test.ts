import { expect, it } from 'vitest'
import { numberedId, slug } from '../../../backend/store/sqlite/ids.ts'
import { seededRandom } from './support.ts'

it.each([
  ['Nora', 'nora'],
  ['  Nora   Vale ', 'nora-vale'],
  ['Zoë Łuk', 'zoe-łuk'],
  ["O'Hara & Co.", 'ohara-co'],
  ['C-3PO', 'c-3po'],
  ['Ада', 'ада'],
  ['弁士', '弁士'],
  ['한글', '한글'],
  ['नोरा', 'नोरा'],
  ['ﬁn', 'fin'],
  ['../../etc/passwd', 'etc-passwd'],
  ['--', 'someone'],
  ['🎭', 'someone'],
  ['', 'someone'],
])('slug() makes of %j the slug %j', (name, expected) => {
  expect(slug(name, 'someone')).toBe(expected)
})

it('slug() is short, needs no escaping in a path and is its own slug, whatever the name', () => {
  const random = seededRandom(11)
  for (let i = 0; i < 3_000; i++) {
    const codes = Array.from({ length: 60 }, () => Math.floor(random() * (i % 2 ? 0x3000 : 0x250)))
    const made = slug(String.fromCodePoint(...codes), 'x')
    expect(made).toMatch(/^[\p{L}\p{M}\p{N}]+(-[\p{L}\p{M}\p{N}]+)*$/u)
    expect(Array.from(made).length).toBeLessThanOrEqual(40)
  }
})

it('numberedId() counts on from the highest number of the same stem', () => {
  expect(numberedId('nora', [])).toBe('nora-001')
  expect(numberedId('nora', ['nora-001', 'nora-007', 'nora-vale-009', 'ada-100'])).toBe('nora-008')
  expect(numberedId('nora', ['nora-999'])).toBe('nora-1000')
  expect(numberedId('nora', ['nora-x', 'nora-', 'nora', 'nora-1e9', 'nora--5'])).toBe('nora-001')
})
