import { describe, expect, it } from 'vitest'
import { type Character, type Message } from '#shared/entities.ts'
import { buildPrompt, sceneOf, type PromptInput } from '../../../backend/prompt/build-prompt.ts'
import { memoryStore } from '../../fakes/memory-store.ts'
import { said as line } from '../../support/prompts.ts'

const cast = await memoryStore(['Nora', 'Felix']).characters.list()

function said(by: Character | 'user', content: string, isInterrupted = false): Message {
  const more = { is_interrupted: isInterrupted, unheard: isInterrupted ? ' and more' : '' }
  return line(by === 'user' ? 'You' : by, content, more)
}

function input(more: Partial<PromptInput> = {}): PromptInput {
  const [nora, felix] = cast
  if (!nora || !felix) throw new Error('Nobody on stage')
  const history = [said('user', 'Hello'), said(felix, 'Hi.'), said(nora, 'Good evening', true)]
  return { speaker: nora, cast, history, userName: 'Sam', ...more }
}

describe('buildPrompt()', () => {
  it("gives a character its own lines as its own, and everybody else's with their names", () => {
    expect(buildPrompt(input()).slice(1)).toEqual([
      { role: 'user', content: 'Sam: Hello' },
      { role: 'user', content: 'Felix: Hi.' },
      { role: 'assistant', content: 'Good evening—' },
    ])
  })

  it('leaves names out where two are alone', () => {
    const { speaker } = input()
    expect(buildPrompt(input({ cast: [speaker], history: [said('user', 'Hello')] })).at(-1)).toEqual({
      role: 'user',
      content: 'Hello',
    })
  })

  it('says who it is, who else is here, and fills in names', () => {
    const { speaker } = input()
    const described = {
      ...speaker,
      description: '{{char}} likes {{user}}.',
      post_history_instructions: 'Be brief, {{char}}.',
    }
    const prompt = buildPrompt(input({ speaker: described }))
    expect(prompt[0]?.content).toMatch(/Nora[^]*Nora likes Sam\.[^]*Also here: Felix/)
    expect(prompt.at(-1)).toEqual({ role: 'system', content: 'Be brief, Nora.' })
  })

  it('never shows what was not heard', () => {
    expect(JSON.stringify(buildPrompt(input()))).not.toContain('and more')
    expect(JSON.stringify(sceneOf(input()))).not.toContain('and more')
  })
})
