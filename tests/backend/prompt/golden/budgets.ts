import { EMPTY_MEMORY } from '../../../../backend/prompt/prompt-memory.ts'
import { card, conversation, lorebook, nora, promptInput, said } from '../../../support/prompts.ts'
import { type GoldenCase } from './golden-case.ts'

const talk = Array.from({ length: 60 }, (_, index) =>
  said(index % 2 === 0 ? 'Sam' : nora, `Line ${index} of a conversation that goes on and on.`),
)

function model(contextTokens: number) {
  return { id: 'small', contextTokens, canUseTools: false, roles: 'free' } as const
}

const examples = card('Nora', {
  message_examples: ['One', 'Two', 'Three']
    .map((word) => `<START>\n{{char}}: ${`${word} `.repeat(30)}`)
    .join('\n'),
})
const dragons = Array.from({ length: 20 }, (_, index) => ({
  keys: ['dragon'],
  order: index,
  content: `Dragon ${index} ${'sleeps and '.repeat(10)}dreams.`,
}))

export const BUDGETS: readonly GoldenCase[] = [
  {
    name: 'everything fits',
    input: promptInput({ history: talk, model: model(4_000) }),
    sees: ['Line 0 ', 'Line 59 '],
  },
  {
    name: 'the newest fit, and the oldest of them is of the user',
    input: promptInput({ history: talk, model: model(1_100) }),
    sees: ['<user>\nLine', 'Line 59 '],
    never: ['Line 0 '],
  },
  {
    name: 'where it was cut it stays cut',
    input: promptInput({
      history: talk,
      model: model(1_400),
      memory: {
        ...EMPTY_MEMORY,
        cut: { ...EMPTY_MEMORY.cut, first_message_id: talk[40]?.message_id ?? '', last_left_out_id: null },
      },
    }),
    sees: ['Line 40 ', 'Line 59 '],
    never: ['Line 39 '],
  },
  {
    name: 'with much more room than before there are more messages again',
    input: promptInput({
      history: talk,
      model: model(8_000),
      memory: { ...EMPTY_MEMORY, cut: { ...EMPTY_MEMORY.cut, first_message_id: talk[50]?.message_id ?? '' } },
    }),
    sees: ['Line 0 '],
  },
  {
    name: 'examples fit whole or not at all',
    input: promptInput({ speaker: examples, model: model(900) }),
    sees: ['One One'],
    never: ['Three'],
  },
  {
    name: 'examples make room for messages',
    input: promptInput({ speaker: examples, history: talk, model: model(1_600) }),
    never: ['One One'],
  },
  {
    name: 'examples that made room come back when there is plenty of it',
    input: promptInput({
      speaker: examples,
      memory: { ...EMPTY_MEMORY, cut: { ...EMPTY_MEMORY.cut, are_examples_dropped: true } },
    }),
    sees: ['One One', 'Three Three'],
  },
  {
    name: 'and stay away while there is only a little',
    input: promptInput({
      speaker: examples,
      history: talk,
      model: model(2_200),
      memory: { ...EMPTY_MEMORY, cut: { ...EMPTY_MEMORY.cut, are_examples_dropped: true } },
    }),
    sees: ['Line 0 '],
    never: ['One One'],
  },
  {
    name: 'lore leaves room for the conversation',
    input: promptInput({
      model: model(1_000),
      lorebooks: [lorebook(dragons, { token_budget: 100_000 })],
      history: [...talk, said('Sam', 'The dragon?')],
    }),
    sees: ['Dragon 19 ', 'The dragon?'],
    never: ['Dragon 0 '],
  },
  {
    name: 'a summary costs, too',
    input: promptInput({
      history: talk,
      model: model(1_200),
      conversation: conversation({ summary: 'Much was said. '.repeat(20) }),
    }),
    sees: ['What happened before:', 'Line 59 '],
  },
  {
    name: 'more was said than was loaded',
    input: promptInput({ history: talk.slice(-10), messageCount: 60 }),
    sees: ['Line 50 '],
  },
]
