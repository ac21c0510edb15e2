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
    { name: 'none: it is told where its key is', texts: DRAGON_ONCE, entry: {}, told: '.x....' },
    { name: 'sticky: it goes on being told', texts: DRAGON_ONCE, entry: { sticky: 3 }, told: '.xxx..' },
    { name: 'cooldown: it rests', texts: DRAGON_ALWAYS, entry: { cooldown: 2 }, told: 'x.x.x.' },
    { name: 'cooldown of three', texts: DRAGON_ALWAYS, entry: { cooldown: 3 }, told: 'x..x..' },
    {
      name: 'sticky, then cooldown',
      texts: DRAGON_ALWAYS,
      entry: { sticky: 2, cooldown: 2 },
      told: 'xx..xx',
    },
    { name: 'delay: not before so many messages', texts: DRAGON_ALWAYS, entry: { delay: 3 }, told: '..xxxx' },
    {
      name: 'never again',
      texts: DRAGON_ALWAYS,
      entry: { content: '@@dont_activate_after_match\nTold.' },
      told: 'x.....',
    },
    {
      name: 'from then on always',
      texts: DRAGON_ONCE,
      entry: { content: '@@keep_activate_after_match\nTold.' },
      told: '.xxxxx',
    },
  ])('$name', ({ texts, entry, told }) => {
    expect(toldIn(texts, entry)).toBe(told)
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
