import { describe, expect, it } from 'vitest'
import { type LoreEntry } from '#shared/entities.ts'
import { assemblePrompt } from '../../../../backend/prompt/assemble-prompt.ts'
import { type PromptMemory } from '../../../../backend/prompt/prompt-memory.ts'
import { lorebook, promptInput, said } from '../../../support/prompts.ts'

/** What is told in each turn of a conversation, one letter a turn: a dot where nothing is. */
function toldIn(texts: readonly string[], entry: Partial<LoreEntry>): string {
  const lorebooks = [lorebook([{ keys: ['dragon'], content: 'Told.', scan_depth: 1, ...entry }])]
  let memory: PromptMemory | undefined
  const history = texts.map((text) => said('Sam', text))
  return history
    .map((_, index) => {
      const made = assemblePrompt(promptInput({ lorebooks, memory, history: history.slice(0, index + 1) }))
      memory = made.memory
      return made.trace.parts.some(({ name, included }) => name === 'lorebook' && included) ? 'x' : '.'
    })
    .join('')
}

const DRAGON_ONCE = ['Hi', 'dragon', 'a', 'b', 'c', 'd']
const DRAGON_ALWAYS = ['dragon', 'dragon', 'dragon', 'dragon', 'dragon', 'dragon']

describe('entries with a memory', () => {
  it.each([
    ['none: it is told where its key is', DRAGON_ONCE, {}, '.x....'],
    ['sticky: it goes on being told', DRAGON_ONCE, { sticky: 3 }, '.xxx..'],
    ['cooldown: it rests', DRAGON_ALWAYS, { cooldown: 2 }, 'x.x.x.'],
    ['cooldown of three', DRAGON_ALWAYS, { cooldown: 3 }, 'x..x..'],
    ['sticky, then cooldown', DRAGON_ALWAYS, { sticky: 2, cooldown: 2 }, 'xx..xx'],
    ['delay: not before so many messages', DRAGON_ALWAYS, { delay: 3 }, '..xxxx'],
    ['never again', DRAGON_ALWAYS, { content: '@@dont_activate_after_match\nTold.' }, 'x.....'],
    ['from then on always', DRAGON_ONCE, { content: '@@keep_activate_after_match\nTold.' }, '.xxxxx'],
  ])('%s', (_name, texts, entry, expected) => {
    expect(toldIn(texts, entry)).toBe(expected)
  })

  it('another try of the same turn tells the same', () => {
    const lorebooks = [lorebook([{ keys: ['dragon'], content: 'Told.', cooldown: 5 }])]
    const input = promptInput({ lorebooks, history: [said('Sam', 'dragon')] })
    const first = assemblePrompt(input)
    expect(assemblePrompt({ ...input, memory: first.memory }).messages).toEqual(first.messages)
  })

  it('what was told after messages that are gone is forgotten', () => {
    const lorebooks = [lorebook([{ keys: ['dragon'], content: 'Told.', scan_depth: 1, sticky: 9 }])]
    const history = [said('Sam', 'Hi'), said('Sam', 'dragon')]
    const { memory } = assemblePrompt(promptInput({ lorebooks, history }))
    const back = assemblePrompt(promptInput({ lorebooks, memory, history: history.slice(0, 1) }))
    expect(back.trace.parts.some(({ name }) => name === 'lorebook')).toBe(false)
    expect(back.memory.lore).toEqual({})
  })

  it('an entry that was edited starts afresh', () => {
    const told = { keys: ['dragon'], content: 'Told.', scan_depth: 1, sticky: 9 }
    const before = lorebook([told])
    const history = [said('Sam', 'dragon'), said('Sam', 'Hi')]
    const { memory } = assemblePrompt(promptInput({ lorebooks: [before], history: history.slice(0, 1) }))
    const after = lorebook([{ ...told, content: 'Changed.' }], { lorebook_id: before.lorebook_id })
    const { trace } = assemblePrompt(promptInput({ lorebooks: [after], memory, history }))
    expect(trace.parts.some(({ name }) => name === 'lorebook')).toBe(false)
  })
})
