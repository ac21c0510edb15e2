import { describe, expect, it } from 'vitest'
import { type Character, type Message } from '#shared/entities.ts'
import { type RoleRules } from '../../../backend/engines/contracts.ts'
import { assemblePrompt } from '../../../backend/prompt/assemble-prompt.ts'
import { type AssembledPrompt, type AssemblyInput } from '../../../backend/prompt/prompt-input.ts'
import { type PromptMemory } from '../../../backend/prompt/prompt-memory.ts'
import { cachedTokens, estimatedTokens } from '../../../backend/prompt/token-counter.ts'
import { card, conversation, lorebook, persona, promptInput, said } from '../../support/prompts.ts'
import { SeededRandom } from '../../support/seeded-random.ts'

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed)
const ROLES: readonly RoleRules[] = ['free', 'merged', 'one_system', 'strict', 'no_system']
const WORDS = 'gold dragon harbour lamp rain tea boat storm king 竜 {{char}} {{random::a::b}}'.split(' ')

/** Any conversation: any number of characters, cards, notes, lore, messages. */
function anyInput(seed: number): AssemblyInput {
  const random = new SeededRandom(seed)
  const text = (most: number): string =>
    Array.from({ length: random.below(most) }, () => WORDS[random.below(WORDS.length)]).join(' ')
  const someone = (name: string): Character =>
    card(name, {
      description: text(80),
      personality: text(30),
      scenario: text(20),
      message_examples: `<START>\n{{char}}: ${text(40)}\n<START>\n${text(40)}`,
      post_history_instructions: text(10),
      depth_prompt: random.chance(0.5) ? { text: text(10), depth: random.below(8), role: 'system' } : null,
    })
  const cast = ['Nora', 'Felix', 'Iris'].slice(0, 1 + random.below(3)).map(someone)
  const [speaker] = cast
  const history = Array.from({ length: 2 + random.below(80) }, (_, index): Message => {
    const by = random.chance(0.5) ? 'Sam' : (cast[random.below(cast.length)] ?? 'Sam')
    const more = {
      message_id: `m${index}`,
      is_excluded: random.chance(0.1),
      is_interrupted: random.chance(0.1),
    }
    return said(by, text(30), more)
  })
  const entries = Array.from({ length: random.below(12) }, (_, index) => ({
    keys: [WORDS[random.below(9)] ?? 'gold'],
    content: `Lore ${index}. ${text(10)}`,
    order: random.below(5),
    is_constant: random.chance(0.2),
    probability: random.chance(0.5) ? 100 : 50,
    position: (['before', 'after', 'at_depth', 'examples_top'] as const)[random.below(4)] ?? 'before',
  }))
  return promptInput({
    ...(speaker ? { speaker } : {}),
    cast,
    history,
    lorebooks: [lorebook(entries, { is_recursive: random.chance(0.5) })],
    conversation: conversation({
      author_note: random.chance(0.5) ? { text: text(10), depth: random.below(6), role: 'user' } : null,
      summary: text(20),
    }),
    ...(random.chance(0.3) ? { persona: persona('Alex', text(10)) } : {}),
    mode: (['reply', 'auto', 'continue', 'impersonate'] as const)[random.below(4)] ?? 'reply',
    model: {
      id: 'any',
      contextTokens: 2_500 + random.below(3_000),
      canUseTools: false,
      roles: ROLES[random.below(ROLES.length)] ?? 'free',
    },
    counter: cachedTokens(estimatedTokens),
  })
}

function partKeys({ trace }: AssembledPrompt): string[] {
  const included = trace.parts.filter((part) => part.included && part.name !== 'placeholder')
  return included.map(({ name, source, text }) => `${name} ${source} ${text}`)
}

describe('whatever the conversation', () => {
  it.each(SEEDS)('%i: the same input makes the same bytes', (seed) => {
    const input = anyInput(seed)
    expect(JSON.stringify(assemblePrompt({ ...input, counter: estimatedTokens }))).toBe(
      JSON.stringify(assemblePrompt(input)),
    )
  })

  it.each(SEEDS)('%i: the trace is the whole of the prompt, within its budget', (seed) => {
    const { messages, trace } = assemblePrompt(anyInput(seed))
    const included = trace.parts.filter((part) => part.included)
    expect(included.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(trace.total_tokens)
    expect(trace.total_tokens).toBeLessThanOrEqual(trace.budget_tokens)
    expect(included.map(({ text }) => text).join('\n\n')).toBe(
      messages.map(({ content }) => content).join('\n\n'),
    )
  })

  it.each(SEEDS)('%i: without a budget there is more in it, and nothing less', (seed) => {
    const input = anyInput(seed)
    // With dice that fall by place, not by round, a wider lorebook changes nothing of what was told before.
    const small = assemblePrompt(input)
    const model = { ...input.model, contextTokens: 1_000_000_000 }
    const large = assemblePrompt({ ...input, model, memory: small.memory })
    expect(partKeys(large)).toEqual(expect.arrayContaining(partKeys(small)))
    const told = input.history.filter(({ content, is_excluded }) => content !== '' && !is_excluded)
    expect(large.trace.parts.filter(({ name, included }) => name === 'history' && included)).toHaveLength(
      told.length,
    )
  })

  it.each(SEEDS)('%i: strict templates get the roles they want', (seed) => {
    const input = anyInput(seed)
    const orderOf = (roles: RoleRules): string =>
      assemblePrompt({ ...input, model: { ...input.model, roles } })
        .messages.map(({ role }) => role.charAt(0))
        .join('')
    expect(orderOf('merged')).not.toMatch(/ss|uu|aa/)
    expect(orderOf('one_system')).toMatch(/^s(?!.*s)(?!.*uu)(?!.*aa)/)
    expect(orderOf('strict')).toMatch(/^su(au)*a?$/)
    expect(orderOf('no_system')).toMatch(/^u(au)*a?$/)
  })

  it.each(SEEDS)(
    '%i: turn by turn it never grows past its budget, and its beginning moves seldom',
    (seed) => {
      const input = anyInput(seed)
      const history = Array.from({ length: 120 }, (_, index) =>
        said('Sam', `Turn ${index}. ${'word '.repeat(20)}`),
      )
      let memory: PromptMemory | undefined
      const cuts = new Set<string | null>()
      for (let count = 1; count <= history.length; count += 1) {
        const made = assemblePrompt({ ...input, memory, history: history.slice(0, count) })
        memory = made.memory
        cuts.add(memory.cut.first_message_id)
        expect(made.trace.total_tokens).toBeLessThanOrEqual(made.trace.budget_tokens)
      }
      expect(cuts.size).toBeLessThan(14)
    },
  )
})
