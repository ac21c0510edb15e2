import { describe, expect, it } from 'vitest'
import { assemblePrompt } from '../../../backend/prompt/assemble-prompt.ts'
import { NO_CUT } from '../../../backend/prompt/prompt-memory.ts'
import { messagesToSummarise, needsSummary, summaryPrompt } from '../../../backend/prompt/summary-prompt.ts'
import { estimatedTokens } from '../../../backend/prompt/token-counter.ts'
import { conversation, felix, nora, promptInput, said } from '../../support/prompts.ts'

const history = Array.from({ length: 80 }, (_, index) =>
  said(index % 2 === 0 ? 'Sam' : nora, `Line ${index} of a conversation that goes on and on.`),
)
const names = { cast: [nora, felix], persona: undefined, userName: 'Sam' }

function ask(more: Partial<Parameters<typeof summaryPrompt>[0]> = {}) {
  const budgetTokens = 4_000
  return summaryPrompt({
    messages: history,
    previousSummary: '',
    names,
    budgetTokens,
    counter: estimatedTokens,
    ...more,
  })
}

describe('the running summary', () => {
  it('is wanted once messages were left out, for those it does not cover', () => {
    const model = { id: 'small', contextTokens: 1_200, canUseTools: false, roles: 'free' } as const
    const { memory, messages } = assemblePrompt(promptInput({ history, model }))
    const fresh = conversation()
    expect(needsSummary(NO_CUT, fresh)).toBe(false)
    expect(needsSummary(memory.cut, fresh)).toBe(true)
    const due = messagesToSummarise(history, memory.cut, fresh)
    const next = history[due.length]
    expect(due[0]).toBe(history[0])
    expect(messages.some(({ content }) => content === next?.content)).toBe(true)
    expect(messages.some(({ content }) => content === due.at(-1)?.content)).toBe(false)

    const half = conversation({ summary: 'Half.', summary_until: history[9]?.message_id ?? null })
    expect(messagesToSummarise(history, memory.cut, half)).toEqual(due.slice(10))
    const whole = conversation({ summary: 'Whole.', summary_until: due.at(-1)?.message_id ?? null })
    expect(needsSummary(memory.cut, whole)).toBe(false)
    expect(messagesToSummarise(history, memory.cut, whole)).toEqual([])
  })

  it('has everything again if the message it ended with is gone', () => {
    const cut = { ...NO_CUT, last_left_out_id: history[5]?.message_id ?? null }
    const gone = conversation({ summary: 'Old.', summary_until: 'deleted' })
    expect(messagesToSummarise(history, cut, gone)).toEqual(history.slice(0, 6))
  })

  it('is made of the one before and the lines since, with names', () => {
    const { messages, until } = ask({ previousSummary: 'They met.', messages: history.slice(0, 3) })
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user'])
    expect(messages[1]?.content).toBe(
      'The summary so far:\nThey met.\n\nWhat was said since:\nSam: Line 0 of a conversation that goes on and on.\nNora: Line 1 of a conversation that goes on and on.\nSam: Line 2 of a conversation that goes on and on.',
    )
    expect(until).toBe(history[2]?.message_id)
  })

  it('takes in as many lines as fit, and says up to where', () => {
    const { messages, until } = ask({ budgetTokens: 300 })
    const cost = messages.reduce((sum, { content }) => sum + estimatedTokens.count(content), 0)
    expect(cost).toBeLessThanOrEqual(300)
    expect(messages[1]?.content).toContain('Line 0 ')
    expect(messages[1]?.content.endsWith(`: ${until}`)).toBe(true)
  })

  it('takes in the beginning of a message that is longer than the room, and gets past it', () => {
    const longest = said('Sam', `It all began with 🦊 ${'and then there was more of it '.repeat(500)}`)
    const [next] = history
    const { messages, until } = ask({ messages: [longest, ...history.slice(0, 1)], budgetTokens: 300 })
    const cost = messages.reduce((sum, { content }) => sum + estimatedTokens.count(content), 0)
    expect(cost).toBeLessThanOrEqual(300)
    expect(messages[1]?.content).toContain('Sam: It all began with 🦊 and then')
    expect(messages[1]?.content).not.toContain(next?.content)
    expect(until).toBe(longest.message_id)
  })

  it('says if not even one line fits', () => {
    expect(ask({ budgetTokens: 10 }).until).toBeNull()
  })
})
