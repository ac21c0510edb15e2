import { describe, expect, it } from 'vitest'
import { assemblePrompt } from '../../../backend/prompt/assemble-prompt.ts'
import { AppError } from '../../../backend/errors.ts'
import { card, promptInput, said } from '../../support/prompts.ts'

const model = { id: 'tiny-model', contextTokens: 600, canUseTools: true, roles: 'free' } as const

function refused(more: Parameters<typeof promptInput>[0]): AppError {
  try {
    assemblePrompt(promptInput({ model, replyTokens: 200, ...more }))
  } catch (error) {
    if (error instanceof AppError) return error
  }
  throw new Error('It was not refused')
}

describe('a prompt that cannot fit', () => {
  it('is refused with the names of what is largest, and what to do', () => {
    const speaker = card('Nora', { description: 'word '.repeat(900), personality: 'word '.repeat(300) })
    const { code, message } = refused({ speaker })
    expect(code).toBe('invalid')
    expect(message).toMatch(
      /^The prompt of Nora does not fit: it needs \d+ tokens, and "tiny-model" has room for 400/,
    )
    expect(message).toMatch(/Largest: description \(\d+\), personality \(\d+\) and /)
    expect(message).toMatch(/choose a model with a larger context$/)
  })

  it('names the newest message, and tools', () => {
    expect(refused({ history: [said('Sam', 'word '.repeat(900))] }).message).toContain('newest message')
    const tools = [{ name: 'x', description: 'word '.repeat(900), parameters: {} }]
    expect(refused({ tools }).message).toContain('Largest: tools')
  })

  it('is not refused for what may be left out', () => {
    const speaker = card('Nora', { message_examples: 'word '.repeat(900) })
    const history = Array.from({ length: 100 }, () => said('Sam', 'word '.repeat(30)))
    expect(() => assemblePrompt(promptInput({ model, replyTokens: 200, speaker, history }))).not.toThrow()
  })
})
