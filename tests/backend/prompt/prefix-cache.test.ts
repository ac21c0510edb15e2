import { describe, expect, it } from 'vitest'
import { type Character, type Message } from '#shared/entities.ts'
import { assemblePrompt } from '../../../backend/prompt/assemble-prompt.ts'
import { type AssembledPrompt, type AssemblyInput } from '../../../backend/prompt/prompt-input.ts'
import { estimatedTokens } from '../../../backend/prompt/token-counter.ts'
import { flat, unchangedTokens } from '../../support/common-prefix.ts'
import { card, conversation, lorebook, promptInput, said } from '../../support/prompts.ts'
import { SeededRandom } from '../../support/seeded-random.ts'

const TURNS = 200
const WORDS =
  'the harbour is quiet tonight and nobody knows where the old lighthouse keeper went with her lamp'.split(
    ' ',
  )

const nora = card('Nora', {
  description: 'Harbour master, forty, patient. '.repeat(10),
  personality: 'Dry, warm underneath.',
  message_examples: '<START>\n{{user}}: Busy?\n{{char}}: Never. '.repeat(5),
  post_history_instructions: 'Answer in one or two sentences.',
  depth_prompt: { text: 'It is raining in {{random::the north::the south}}.', depth: 4, role: 'system' },
})
const book = lorebook(
  ['lighthouse', 'lamp', 'keeper', 'harbour'].map((word) => ({
    keys: [word],
    content: `What is told of the ${word} is seldom true, and never the same twice.`,
    probability: 60,
  })),
)

interface Talk {
  /** Of all tokens that were sent since the conversation outgrew its budget. */
  readonly unchangedShare: number
  readonly cuts: number
}

/** Turn after turn, as the pipeline does it: one line of the user, and whoever is to answer. */
function talk(cast: readonly Character[], more: Partial<AssemblyInput>, perSpeaker: boolean): Talk {
  const random = new SeededRandom(7)
  const line = (words: number): string =>
    Array.from({ length: words }, () => WORDS[random.below(WORDS.length)]).join(' ')
  const history: Message[] = []
  const before = new Map<string, AssembledPrompt>()
  let [all, unchanged, cuts] = [0, 0, 0]
  let last: AssembledPrompt | undefined
  for (let turn = 0; turn < TURNS; turn += 1) {
    history.push(said('Sam', line(20), { message_id: `u${turn}` }))
    const speaker = cast[turn % cast.length]
    if (!speaker) throw new Error('Nobody speaks')
    const input = promptInput({ speaker, cast, history: [...history], ...more, memory: last?.memory })
    const now = assemblePrompt(input)
    const known = perSpeaker ? before.get(speaker.id) : last
    if (known && now.memory.cut.first_message_id !== null) {
      all += estimatedTokens.count(flat(now))
      unchanged += unchangedTokens(known, now, estimatedTokens)
    }
    if (last && now.memory.cut.first_message_id !== last.memory.cut.first_message_id) cuts += 1
    before.set(speaker.id, now)
    last = now
    history.push(said(speaker, line(50), { message_id: `c${turn}` }))
  }
  return { unchangedShare: unchanged / all, cuts }
}

const model = { id: 'model', contextTokens: 8_192, canUseTools: false, roles: 'free' } as const
const rich = {
  lorebooks: [book],
  conversation: conversation({ author_note: { text: 'Slow pace.', depth: 3, role: 'system' } }),
}

describe('what a server need not read again', () => {
  it.each([
    ['a bare card', {}, 0.9],
    ['a card with notes, and lore that comes and goes', rich, 0.9],
    [
      'the same for a model with strict roles',
      { ...rich, model: { ...model, roles: 'strict' as const } },
      0.9,
    ],
  ])('is nine tenths of a conversation past its budget: %s', (name, more, least) => {
    const { unchangedShare, cuts } = talk([nora], { model, ...more }, false)
    report(`${name}: ${(100 * unchangedShare).toFixed(1)} % unchanged, ${cuts} cuts in ${TURNS} turns`)
    expect(cuts).toBeGreaterThan(2)
    expect(unchangedShare).toBeGreaterThanOrEqual(least)
    expect(cuts).toBeLessThan(TURNS / 20)
  })

  it('is most of it in a group, for each of its members', () => {
    const cast = [nora, card('Felix', { description: 'A sailor.' }), card('Iris', { description: 'A poet.' })]
    const { unchangedShare } = talk(cast, { model }, true)
    report(`a group of three, speaker by speaker: ${(100 * unchangedShare).toFixed(1)} % unchanged`)
    expect(unchangedShare).toBeGreaterThanOrEqual(0.8)
  })
})

function report(figure: string): void {
  process.stdout.write(`${figure}\n`)
}
