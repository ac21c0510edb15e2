import { card, conversation, lorebook, persona, promptInput, said } from '../../../support/prompts.ts'
import { type GoldenCase } from './golden-case.ts'

const nora = card('Nora', {
  personality: 'Dry and patient.',
  description: 'Keeps the harbour.',
  message_examples: 'Felix: Ho!\nNora: Hm.',
  global_roleplay: 'A harbour town.',
})
const felix = card('Felix', { description: 'A sailor. '.repeat(60), global_roleplay: 'A harbour town.' })
const iris = card('Iris Blum', { nickname: 'Iris', system_prompt: 'Whisper. {{original}}' })
const cast = [nora, felix, iris]
const history = [
  said('Sam', 'Hello'),
  said(felix, 'Ho'),
  said(nora, 'Good evening', { is_interrupted: true }),
  said(iris, 'Psst.'),
]

export const GROUPS: readonly GoldenCase[] = [
  {
    name: "each sees the others' lines with their names, and its own as its own",
    input: promptInput({ speaker: nora, cast, history }),
    sees: ['<user>\nSam: Hello', '<user>\nFelix: Ho', '<assistant>\nGood evening—', '<user>\nIris: Psst.'],
  },
  {
    name: 'the same conversation, as the next one sees it',
    input: promptInput({ speaker: felix, cast, history }),
    sees: ['<assistant>\nHo', '<user>\nNora: Good evening—'],
  },
  {
    name: 'everyone in short first, the speaker in full late',
    input: promptInput({ speaker: nora, cast, history }),
    sees: [
      'A harbour town.',
      'between Sam, Nora, Felix and Iris.',
      'Nora: Dry and patient.\nFelix: A sailor.',
      'Felix: Ho',
      'About you:\nKeeps the harbour.',
      'How you talk, for example:\nFelix: Ho!\nNora: Hm.',
      'Psst.',
      'Write the next line of Nora. Speak only as Nora',
    ],
  },
  {
    name: 'a system prompt of its own quotes what a group has',
    input: promptInput({ speaker: iris, cast, history }),
    sees: ['Whisper. You are Iris. Stay in character.'],
    never: ['Iris Blum'],
  },
  {
    name: 'who has left is called what it was called',
    input: promptInput({ speaker: nora, cast: [nora], history }),
    sees: ['<user>\nHello', '<user>\nFelix: Ho', '<user>\nIris Blum: Psst.'],
  },
  {
    name: 'the persona is told to all',
    input: promptInput({ speaker: nora, cast, history, persona: persona('Alex', 'A painter.') }),
    sees: ['between Alex, Nora', 'About Alex:\nA painter.', 'Alex: Hello'],
    never: ['Sam'],
  },
  {
    name: 'constant lore of the conversation is for all, of the speaker late',
    input: promptInput({
      speaker: nora,
      cast,
      history,
      conversation: conversation({ lorebook_ids: ['shared'] }),
      lorebooks: [
        lorebook([{ is_constant: true, content: 'Of all.' }], { lorebook_id: 'shared' }),
        lorebook([{ is_constant: true, content: 'Of Nora.' }]),
      ],
    }),
    sees: ['Of all.', 'Felix: Ho', 'Of Nora.', 'Psst.'],
  },
  {
    name: 'strict roles in a group: lines of others become one',
    input: promptInput({
      speaker: iris,
      cast,
      history: history.slice(0, 3),
      model: { id: 'model', contextTokens: 8_192, canUseTools: false, roles: 'strict' },
    }),
    sees: [
      '<user>\nSam: Hello\n\nFelix: Ho\n\n[Whisper.',
      'Nora: Good evening—\n\n[Write the next line of Iris.',
    ],
  },
  {
    name: 'a group turn nobody asked for',
    input: promptInput({ speaker: felix, cast, history, mode: 'auto' }),
    sees: ['Nobody has asked you. Go on as Felix'],
  },
  {
    name: "writing the user's line in a group",
    input: promptInput({ speaker: felix, cast, history, mode: 'impersonate' }),
    sees: ['Write the next line of Sam'],
  },
]
