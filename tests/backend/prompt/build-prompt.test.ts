import { describe, expect, it } from 'vitest'
import { type Character, type Message } from '#shared/entities.ts'
import { buildPrompt, sceneOf, type PromptInput } from '../../../backend/prompt/build-prompt.ts'
import { memoryStore } from '../../fakes/memory-store.ts'

const cast = await memoryStore(['Nora', 'Felix']).characters.list()

function said(by: Character | 'user', content: string, isInterrupted = false): Message {
  return {
    message_id: content,
    conversation_id: 'c',
    role: by === 'user' ? 'user' : 'assistant',
    name: by === 'user' ? 'You' : by.name,
    character_id: by === 'user' ? null : by.id,
    content,
    is_interrupted: isInterrupted,
    unheard: isInterrupted ? ' and more' : '',
    is_spoken: false,
    is_excluded: false,
    generation: null,
    tool_uses: [],
    alternative_index: 0,
    alternative_count: 1,
    created_at: '2030-01-01T00:00:00.000Z',
    updated_at: '2030-01-01T00:00:00.000Z',
  }
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
