import { type ToolUse } from '#shared/entities.ts'
import { card, conversation, narrated, nora, persona, promptInput, said } from '../../../support/prompts.ts'
import { type GoldenCase } from './golden-case.ts'

const whole = card('Nora', {
  global_roleplay: 'A quiet harbour town.',
  description: '{{char}} keeps the harbour.',
  personality: 'Dry and patient.',
  scenario: '{{user}} comes in out of the rain.',
  message_examples: '<START>\n{{user}}: Busy?\n{{char}}: Never.\n<START>\nJust rain.',
  post_history_instructions: 'Stay brief.',
})

const dice: ToolUse = {
  name: 'roll_dice',
  arguments: { sides: 6 },
  result: '{"sum":4}',
  is_error: false,
  duration_ms: 1,
}
const model = { id: 'model', contextTokens: 8_192, canUseTools: true, roles: 'free' } as const
const tools = [{ name: 'roll_dice', description: 'Rolls dice', parameters: { type: 'object' } }]

function of(speaker: typeof nora, more: Parameters<typeof promptInput>[0] = {}) {
  return promptInput({ speaker, ...more })
}

export const CARDS: readonly GoldenCase[] = [
  {
    name: 'an empty card is told who it is and that it is heard',
    input: promptInput(),
    sees: ['You are Nora', 'spoken aloud', '<user>\nHello'],
  },
  {
    name: 'a whole card stands in its order',
    input: of(whole),
    sees: [
      'A quiet harbour town.',
      'You are Nora',
      'About you:\nNora keeps the harbour.',
      'Your personality:\nDry and patient.',
      'The scene:\nSam comes in out of the rain.',
      'spoken aloud',
      'How you talk, for example:\nSam: Busy?\nNora: Never.',
      'Just rain.',
      '<user>\nHello',
      '<system>\nStay brief.',
    ],
  },
  {
    name: 'its own system prompt takes the place of the usual one',
    input: of(card('Nora', { system_prompt: 'Answer in rhyme.' })),
    sees: ['Answer in rhyme.'],
    never: ['You are Nora, in a spoken conversation'],
  },
  {
    name: 'its own system prompt may quote the usual one, once',
    input: of(card('Nora', { system_prompt: 'First: {{original}} Then: {{ORIGINAL}}.' })),
    sees: ['First: You are Nora, in a spoken conversation with Sam. Stay in character. Then: .'],
  },
  {
    name: 'its nickname is what it is called in prompts',
    input: of(card('Nora Vance', { nickname: 'Nono', description: '{{char}} is here.' })),
    sees: ['You are Nono', 'Nono is here.'],
    never: ['Nora Vance'],
  },
  {
    name: 'old tags stand for names, too',
    input: of(card('Nora', { description: '<BOT> waits for <USER>. <b>Bold</b>' })),
    sees: ['Nora waits for Sam. <b>Bold</b>'],
  },
  {
    name: 'notes of its creator and its tags are for people',
    input: of(card('Nora', { creator_notes: 'Best with tea', tags: ['harbour'], character_version: '1.2' })),
    never: ['Best with tea', 'harbour', '1.2'],
  },
  {
    name: 'examples without the first mark are examples as well',
    input: of(
      card('Nora', { message_examples: '{{user}}: Hi\n{{char}}: *waves* Hello: you.\nSecond line.' }),
    ),
    sees: ['for example:\nSam: Hi\nNora: *waves* Hello: you.\nSecond line.'],
  },
  {
    name: 'nothing but the mark is no example',
    input: of(card('Nora', { message_examples: '<START>' })),
    never: ['for example'],
  },
  {
    name: 'names in examples become the names of this conversation',
    input: of(card('Nora Vance', { nickname: 'Nono', message_examples: 'Sam: Hi\nNora Vance: Yes?' }), {
      persona: persona('Alex'),
    }),
    sees: ['Alex: Hi\nNono: Yes?'],
  },
  {
    name: 'a persona gives the user a name and a description',
    input: of(whole, { persona: persona('Alex', '{{user}} is a painter whom {{char}} likes.') }),
    sees: ['About Alex:\nAlex is a painter whom Nora likes.', 'Alex comes in out of the rain.'],
    never: ['Sam'],
  },
  {
    name: "its own note stands at its depth, in the user's role",
    input: of(card('Nora', { depth_prompt: { text: '{{char}} is tired.', depth: 2, role: 'user' } }), {
      history: [said('Sam', 'One'), said(nora, 'Two'), said('Sam', 'Three')],
    }),
    sees: ['One', '<user>\nNora is tired.', '<assistant>\nTwo', 'Three'],
  },
  {
    name: 'a note deeper than the conversation stands before it',
    input: of(nora, {
      conversation: conversation({ author_note: { text: 'It rains.', depth: 50, role: 'system' } }),
    }),
    sees: ['spoken aloud', '<system>\nIt rains.', 'Hello'],
  },
  {
    name: 'a note of depth 0 stands behind the newest message',
    input: of(whole, {
      conversation: conversation({ author_note: { text: 'It rains.', depth: 0, role: 'system' } }),
    }),
    sees: ['Hello', 'It rains.', 'Stay brief.'],
  },
  {
    name: 'the summary of what no longer fits stands before the conversation',
    input: of(whole, { conversation: conversation({ summary: 'Sam lost {{char}} a boat.' }) }),
    sees: ['Just rain.', 'What happened before:\nSam lost {{char}} a boat.', 'Hello'],
  },
  {
    name: 'an interrupted line ends in a dash',
    input: of(nora, {
      history: [said(nora, 'I was about to', { is_interrupted: true, unheard: ' leave' }), said('Sam', 'No')],
    }),
    sees: ['<assistant>\nI was about to—'],
    never: ['leave'],
  },
  {
    name: 'what is kept from the model is kept from it',
    input: of(nora, { history: [said('Sam', 'Secret', { is_excluded: true }), said('Sam', 'Hello')] }),
    never: ['Secret'],
  },
  {
    name: 'of a line nobody heard nothing is told',
    input: of(nora, { history: [said('Sam', 'Hi'), said(nora, ''), said('Sam', 'Well?')] }),
    sees: ['Hi\n<user>\nWell?'],
  },
  {
    name: 'a narrator speaks as the system',
    input: of(nora, { history: [narrated('Night falls.'), said('Sam', 'Hello')] }),
    sees: ['<system>\nNight falls.', '<user>\nHello'],
  },
  {
    name: 'what people say carries out no macros',
    input: of(nora, { history: [said('Sam', 'I am {{user}} and <BOT> {{roll:6}}')] }),
    sees: ['I am {{user}} and <BOT> {{roll:6}}'],
  },
  {
    name: 'a call of a tool, its result and the answer stand together',
    input: of(nora, {
      model,
      tools,
      history: [said('Sam', 'Roll'), said(nora, 'A four.', { tool_uses: [dice] }), said('Sam', 'Again')],
    }),
    sees: ['<assistant>\nroll_dice({"sides":6})', '<tool>\n{"sum":4}', '<assistant>\nA four.', 'Again'],
  },
  {
    name: 'a model without tools has the answer only',
    input: of(nora, { history: [said(nora, 'A four.', { tool_uses: [dice] }), said('Sam', 'Again')] }),
    sees: ['<assistant>\nA four.'],
    never: ['roll_dice', '{"sum":4}'],
  },
  {
    name: 'going on with a line: it stands open, and the model is told to',
    input: of(nora, { mode: 'continue', history: [said(nora, 'And then', { is_interrupted: true })] }),
    sees: ['<assistant>\nAnd then\n', 'exactly where it ends'],
    never: ['And then—'],
  },
  {
    name: "writing the user's line: without the card's last instructions",
    input: of(whole, { mode: 'impersonate', history: [said(nora, 'And you?')] }),
    sees: ['And you?', 'Write the next line of Sam'],
    never: ['Stay brief.'],
  },
  {
    name: 'a turn nobody asked for',
    input: of(whole, { mode: 'auto', history: [said(nora, 'Hm.')] }),
    sees: ['Hm.', 'Stay brief.', 'Nobody has asked you. Go on as Nora'],
  },
  {
    name: 'an answer to nobody but itself',
    input: of(nora, { history: [said(nora, 'Hm.')] }),
    sees: ['Hm.', 'Nobody has answered yet. Go on as Nora.'],
  },
  {
    name: 'strict roles: two of the user are one, the last instruction is between brackets',
    input: of(whole, {
      model: { ...model, roles: 'one_system' },
      history: [said('Sam', 'One'), said('Sam', 'Two')],
    }),
    sees: ['<user>\nOne\n\nTwo\n\n[Stay brief.]'],
  },
  {
    name: 'strict roles: a character that greets first is preceded by the beginning',
    input: of(whole, {
      model: { ...model, roles: 'strict' },
      history: [said(nora, 'Welcome'), said('Sam', 'Hi')],
    }),
    sees: ['<user>\n[The conversation begins]\n<assistant>\nWelcome\n<user>\nHi\n\n[Stay brief.]'],
  },
  {
    name: 'strict roles: a model without system text has it from the user',
    input: of(whole, { model: { ...model, roles: 'no_system' } }),
    sees: ['<user>\nA quiet harbour town.', 'Just rain.\n\nHello'],
    never: ['<system>'],
  },
  {
    name: 'strict roles: merged ones may still be the system later',
    input: of(whole, {
      model: { ...model, roles: 'merged' },
      history: [narrated('Night falls.'), narrated('It rains.')],
    }),
    sees: ['Night falls.\n\nIt rains.\n\nStay brief.'],
  },
  {
    name: 'strict roles: calls of tools stay apart',
    input: of(nora, {
      model: { ...model, roles: 'strict' },
      tools,
      history: [
        said('Sam', 'Roll'),
        said(nora, 'Well.'),
        said(nora, 'A four.', { tool_uses: [dice, dice] }),
        said('Sam', 'Hm'),
      ],
    }),
    sees: ['<assistant>\nWell.\n<assistant>\nroll_dice', '<tool>', '<tool>', '<assistant>\nA four.'],
  },
]
