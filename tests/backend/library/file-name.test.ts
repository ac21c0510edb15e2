import { expect, test } from 'vitest'
import { contentDisposition, fileNameOf } from '../../../backend/library/file-name.ts'

test.each([
  ['Nora', 'Nora.png'],
  ['Nora / the "Lantern": act 1?', 'Nora the Lantern act 1.png'],
  ['..\\..\\etc\\passwd', 'etc passwd.png'],
  ['.hidden', 'hidden.png'],
  ['CON', 'CON_.png'],
  ['', 'unnamed.png'],
  ['...', 'unnamed.png'],
  ['アリア 🌊', 'アリア 🌊.png'],
  ['gnp.\u202Eexe', 'gnp. exe.png'],
  ['a\u0000b\nc', 'a b c.png'],
  ['lone \uD800 half', 'lone half.png'],
])('%j can be saved as %j', (name, expected) => {
  expect(fileNameOf(name, 'png')).toBe(expected)
})

test('a long name is cut between two letters, and fits into any file system', () => {
  const name = fileNameOf('👨‍👩‍👧‍👦'.repeat(50), 'charx')
  expect(Buffer.byteLength(name)).toBeLessThan(255)
  expect(name).toMatch(/^(?:👨‍👩‍👧‍👦)+\.charx$/u)
})

test('a browser is told the name twice: for old ones without what they cannot read', () => {
  expect(contentDisposition(`Zoë's "x".png`)).toBe(
    `attachment; filename="Zo_'s _x_.png"; filename*=UTF-8''Zo%C3%AB%27s%20%22x%22.png`,
  )
})
