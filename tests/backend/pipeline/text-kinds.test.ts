import { expect, it } from 'vitest'
import { hasQuotes, KindScanner } from '../../../backend/pipeline/text-kinds.ts'

/** `d:…` dialogue, `n:…` narration, `a:…` action. */
function kindsOf(...sentences: readonly string[]): string[] {
  const scanner = new KindScanner()
  return sentences.flatMap((text) => {
    let from = 0
    return scanner.runsOf(text).map(({ kind, end }) => {
      const part = text.slice(from, end).trim()
      from = end
      return `${kind.charAt(0)}:${part}`
    })
  })
}

it.each([
  ['She smiles. "Hello there!"', ['n:She smiles.', 'd:"Hello there!"']],
  ['“Hello,” she says, “my friend.”', ['d:“Hello,”', 'n:she says,', 'd:“my friend.”']],
  ['„Guten Tag“, sagt sie.', ['d:„Guten Tag“', 'n:, sagt sie.']],
  ['»Guten Tag«, sagt sie, »mein Freund.«', ['d:»Guten Tag«', 'n:, sagt sie,', 'd:»mein Freund.«']],
  ['« Bonjour », dit-elle.', ['d:« Bonjour »', 'n:, dit-elle.']],
  ['彼女は笑った。「こんにちは」と言った。', ['n:彼女は笑った。', 'd:「こんにちは」', 'n:と言った。']],
  ['*waves* "Hello" *smiling*', ['a:*waves*', 'd:"Hello"', 'n:', 'a:*smiling*']],
  ['*She nods. "Yes," she says.* Then on.', ['a:*She nods.', 'd:"Yes,"', 'a:she says.*', 'n:Then on.']],
  ['"I *love* you," she says.', ['d:"I *love* you,"', 'n:she says.']],
  [`"I am 5'10" tall," he says.`, [`d:"I am 5'10" tall,"`, 'n:he says.']],
  ['He is 6" taller.', ['n:He is 6" taller.']],
  ["It's Nora's; don't 'worry'.", ["n:It's Nora's; don't 'worry'."]],
] as const)('tells who speaks in %j', (text, kinds) => {
  expect(kindsOf(text).filter((part) => !part.endsWith(':'))).toEqual(
    kinds.filter((part) => !part.endsWith(':')),
  )
})

it('carries a quotation from one sentence into the next, but not over an empty line', () => {
  expect(kindsOf('“One.', 'Two,” she says.')).toEqual(['d:“One.', 'd:Two,”', 'n:she says.'])
  const scanner = new KindScanner()
  scanner.runsOf('“One.')
  scanner.passOver('\n\n')
  expect(scanner.runsOf('She leaves.')).toEqual([{ kind: 'narration', end: 11 }])
})

it('ends what was quoted within a stage direction with the direction', () => {
  expect(kindsOf('*She says "no* and leaves.')).toEqual(['a:*She says', 'd:"no*', 'n:and leaves.'])
})

it.each([
  ['She said "no".', true],
  ['Das „Ja“.', true],
  ["It's 5' tall.", false],
  ['It is 5" wide', false],
  ['Plain.', false],
] as const)('hasQuotes(%j) is %j', (text, expected) => {
  expect(hasQuotes(text)).toBe(expected)
})
