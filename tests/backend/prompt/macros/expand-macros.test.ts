import { describe, expect, it } from 'vitest'
import { assemblePrompt } from '../../../../backend/prompt/assemble-prompt.ts'
import { expand } from '../../../../backend/prompt/macros/expand-macros.ts'
import { promptEnv } from '../../../../backend/prompt/prompt-env.ts'
import { card, promptInput, said } from '../../../support/prompts.ts'

const SOON_MS = 30_000

function filled(text: string, more: Parameters<typeof promptInput>[0] = {}, isStatic = false): string {
  return expand(text, { env: promptEnv(promptInput(more)), isStatic }).text
}

describe('dice of macros', () => {
  const twenty = Array.from({ length: 20 }, (_, index) => `d${index}`).join('::')

  it('random falls anew with every turn, and with every try of it', () => {
    const turns = [1, 2, 3, 4, 5, 6].map((messageCount) => filled(`{{random::${twenty}}}`, { messageCount }))
    expect(new Set(turns).size).toBeGreaterThan(1)
    const tries = [1, 2, 3, 4, 5, 6].map((attempt) => filled(`{{random::${twenty}}}`, { attempt }))
    expect(new Set(tries).size).toBeGreaterThan(1)
  })

  it('random stays what it was where the prompt has to stay the same', () => {
    const turns = [1, 2, 3, 4, 5, 6].map((messageCount) =>
      filled(`{{random::${twenty}}}`, { messageCount }, true),
    )
    expect(new Set(turns).size).toBe(1)
  })

  it('a card says the same in every turn; its last instructions, and notes, may not', () => {
    const dice = `{{random::${twenty}}}`
    const speaker = card('Nora', {
      description: dice,
      post_history_instructions: dice,
      depth_prompt: { text: dice, depth: 1, role: 'system' },
    })
    const turns = [1, 2, 3, 4, 5, 6].map(
      (messageCount) => assemblePrompt(promptInput({ speaker, messageCount })).trace.parts,
    )
    const wordings = (name: string): number =>
      new Set(turns.map((parts) => parts.find((part) => part.name === name)?.text)).size
    expect(wordings('description')).toBe(1)
    expect(wordings('post_history')).toBeGreaterThan(1)
    expect(wordings('depth_prompt')).toBeGreaterThan(1)
  })

  it('pick stays for the whole conversation, and differs from one to the next and from place to place', () => {
    const text = `{{pick::${twenty}}}`
    expect(filled(text, { messageCount: 1 })).toBe(filled(text, { messageCount: 9 }))
    const seeds = ['a', 'b', 'c', 'd', 'e'].map((seed) => filled(text, { seed }))
    expect(new Set(seeds).size).toBeGreaterThan(1)
    expect(new Set(filled(`${text} ${text} ${text} ${text}`).split(' ')).size).toBeGreaterThan(1)
  })

  it('dice are fair', () => {
    const rolls = Array.from({ length: 600 }, (_, attempt) => Number(filled('{{roll:1d6}}', { attempt })))
    for (const side of [1, 2, 3, 4, 5, 6]) {
      const count = rolls.filter((roll) => roll === side).length
      expect(count).toBeGreaterThan(60)
      expect(count).toBeLessThan(140)
    }
  })
})

describe('macros that strangers wrote', () => {
  it.each([
    ['open braces without end', '{{'.repeat(50_000)],
    ['braces in braces', `${'{{'.repeat(50_000)}x${'}}'.repeat(50_000)}`],
    ['a hundred thousand calls', '{{char}}'.repeat(25_000)],
    [
      'texts that double',
      `{{setvar::a::${'x'.repeat(1_000)}}}${'{{setvar::a::{{.a}}{{.a}}}}'.repeat(2_000)}{{.a}}`,
    ],
    ['newlines without end', `${'\n'.repeat(100_000)}{{trim}}${'\n'.repeat(100_000)}x`],
    ['spaces by the million', '{{space::999999999}}{{newline::1e9}}'],
    ['blocks in blocks', `${'{{if 1}}'.repeat(10_000)}x${'{{/if}}'.repeat(10_000)}`],
    ['dice by the million', '{{roll:999999999d999999999}}'.repeat(100)],
    ['brackets of comments', `{{//${'{{'.repeat(20_000)}`],
  ])('%s end soon and stay small', (_name, text) => {
    const startMs = performance.now()
    const result = filled(text)
    expect(performance.now() - startMs).toBeLessThan(SOON_MS)
    expect(result.length).toBeLessThan(2_500_000)
  })

  it('fields that hold each other end', () => {
    const speaker = card('Nora', {
      description: '{{personality}}{{personality}}',
      personality: '{{description}}{{scenario}}',
    })
    expect(filled('{{description}}', { speaker }).length).toBeLessThan(1_000_000)
  })

  it('names like those of all objects are nothing special', () => {
    expect(filled('{{constructor}}{{__proto__}}{{toString}}')).toBe(
      '{{constructor}}{{__proto__}}{{toString}}',
    )
    expect(filled('{{setvar::__proto__::x}}{{getvar::__proto__}}{{getvar::constructor}}')).toBe('x')
    expect(filled('{{.a + b}}{{.__proto__}}')).toBe('{{.a + b}}')
  })

  it('a user cannot make a card carry out what they say', () => {
    const history = [said('Sam', '{{setvar::won::1}}')]
    expect(filled('{{lastMessage}}|{{getvar::won}}', { history })).toBe('{{setvar::won::1}}|')
  })
})
