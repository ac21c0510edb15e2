import { describe, expect, it } from 'vitest'
import { assemblePrompt } from '../../../backend/prompt/assemble-prompt.ts'
import { type AssembledPrompt } from '../../../backend/prompt/prompt-input.ts'
import { MESSAGE_TOKENS, SEPARATOR_TOKENS } from '../../../backend/prompt/token-counter.ts'
import { written } from '../../support/prompts.ts'
import { BUDGETS } from './golden/budgets.ts'
import { CARDS } from './golden/cards.ts'
import { type GoldenCase } from './golden/golden-case.ts'
import { GROUPS } from './golden/groups.ts'
import { LORE } from './golden/lore.ts'
import { MACROS } from './golden/macros.ts'

const TABLE = { cards: CARDS, macros: MACROS, lore: LORE, groups: GROUPS, budgets: BUDGETS }

describe('a table of prompts', () => {
  it('has at least sixty of them', () => {
    expect(Object.values(TABLE).flat().length).toBeGreaterThanOrEqual(60)
  })

  describe.each(Object.entries(TABLE))('%s', (_kind, cases) => {
    it.each(cases.map((row) => [row.name, row] as const))('%s', (_name, row) => {
      const prompt = assemblePrompt(row.input)
      expectSeen(written(prompt), row)
      expectWholeTrace(prompt)
      expect(assemblePrompt(row.input)).toEqual(prompt)
      expect(golden(prompt)).toMatchSnapshot()
    })
  })
})

function expectSeen(text: string, { sees = [], never = [] }: GoldenCase): void {
  let from = 0
  for (const wanted of sees) {
    const at = text.indexOf(wanted, from)
    expect(at, `"${wanted}" in\n${text}`).toBeGreaterThanOrEqual(0)
    from = at + wanted.length
  }
  for (const unwanted of never) expect(text).not.toContain(unwanted)
}

/** The trace accounts for every token and every character of the prompt, and for nothing else. */
function expectWholeTrace({ messages, trace }: AssembledPrompt): void {
  const included = trace.parts.filter((part) => part.included)
  expect(included.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(trace.total_tokens)
  expect(trace.total_tokens).toBeLessThanOrEqual(trace.budget_tokens)
  const texts = included.filter(({ name }) => name !== 'tools')
  const told = messages.map(({ content, toolCalls = [] }) => {
    const calls = toolCalls.map(({ name, argumentsJson }) => `${name}(${argumentsJson})`)
    return toolCalls.length > 0 ? calls.join('\n') : content
  })
  expect(told.join('\n\n')).toBe(texts.map(({ text }) => text).join('\n\n'))
  const around = messages.length * MESSAGE_TOKENS + (texts.length - messages.length) * SEPARATOR_TOKENS
  expect(texts.reduce((sum, { tokens }) => sum + tokens, 0)).toBeGreaterThanOrEqual(around)
  for (const part of trace.parts) expect(part.included || part.reason !== undefined).toBe(true)
}

function golden(prompt: AssembledPrompt): string {
  const { trace, memory, stops } = prompt
  const leftOut = trace.parts.filter(({ included }) => !included)
  const lines = leftOut.map(({ name, text, reason }) => `- ${name}: ${text.slice(0, 60)} (${reason})`)
  const { cut } = memory
  return [
    written(prompt),
    `── ${trace.total_tokens} of ${trace.budget_tokens} tokens; ${stops.length} stops, first ${JSON.stringify(stops[0])}`,
    ...lines,
    ...(cut.first_message_id === null ? [] : [`cut before: ${cut.first_message_id}`]),
  ].join('\n')
}
