import { type Lorebook, type LoreEntry } from '#shared/entities.ts'
import { type AssemblyInput } from '../../../../backend/prompt/prompt-input.ts'
import { card, conversation, felix, lorebook, nora, promptInput, said } from '../../../support/prompts.ts'
import { type GoldenCase } from './golden-case.ts'

type Entry = Partial<LoreEntry> & { content: string }

const DRAGON = 'The dragon sleeps.'

/** A conversation in which one thing was said, and a book. */
function told(
  text: string,
  entries: readonly Entry[],
  { book, ...more }: Partial<AssemblyInput> & { book?: Partial<Lorebook> } = {},
): AssemblyInput {
  return promptInput({ history: [said('Sam', text)], lorebooks: [lorebook(entries, book)], ...more })
}

function dragon(more: Partial<LoreEntry>): Entry {
  return { keys: ['dragon'], content: DRAGON, ...more }
}

const noted = conversation({ author_note: { text: 'Slow pace.', depth: 0, role: 'system' } })

export const LORE: readonly GoldenCase[] = [
  {
    name: 'an entry is told when its key is spoken of',
    input: told('A Dragon!', [dragon({})]),
    sees: [DRAGON],
  },
  { name: 'and not otherwise', input: told('A drake!', [dragon({})]), never: [DRAGON] },
  { name: 'a key is a whole word', input: told('Dragonfly', [dragon({})]), never: [DRAGON] },
  {
    name: 'unless the book wants parts of words, too',
    input: told('Dragonfly', [dragon({})], { book: { matches_whole_words: false } }),
    sees: [DRAGON],
  },
  {
    name: 'words end where letters of any script end',
    input: told('Где дракон?', [dragon({ keys: ['дракон'] })]),
    sees: [DRAGON],
  },
  { name: 'also before an ending', input: told('драконы', [dragon({ keys: ['дракон'] })]), never: [DRAGON] },
  {
    name: 'scripts without spaces have no words to wait for',
    input: told('昨日、竜を見た', [dragon({ keys: ['竜'] })]),
    sees: [DRAGON],
  },
  { name: 'emphasis is no letter', input: told('_dragon_', [dragon({})]), sees: [DRAGON] },
  {
    name: 'case counts where the entry says so',
    input: told('dragon', [dragon({ keys: ['Dragon'], is_case_sensitive: true })]),
    never: [DRAGON],
  },
  {
    name: 'a regular expression',
    input: told('three dragons', [dragon({ keys: ['/\\bdragons?\\b/i'] })]),
    sees: [DRAGON],
  },
  {
    name: 'a regular expression that ends a word by looking ahead',
    input: told('dragon!', [dragon({ keys: ['/dragon(?!\\w)/'] })]),
    sees: [DRAGON],
  },
  {
    name: 'a regular expression that is none matches nothing',
    input: told('(dragon', [dragon({ keys: ['/(dragon/'] })]),
    never: [DRAGON],
  },
  {
    name: 'keys may hold macros',
    input: told('Is Nora here?', [dragon({ keys: ['{{char}}'] })]),
    sees: [DRAGON],
  },
  {
    name: 'a constant entry is told always, in its place before the card',
    input: told('Hi', [dragon({ keys: [], is_constant: true })], {
      speaker: card('Nora', { description: 'Harbour master.' }),
    }),
    sees: [DRAGON, 'About you:\nHarbour master.'],
  },
  {
    name: 'what is told now and then comes late, before the newest message',
    input: told('The dragon', [dragon({})], {
      history: [said('Sam', 'Hi'), said(nora, 'Yes?'), said('Sam', 'The dragon')],
    }),
    sees: ['Yes?', `<system>\n${DRAGON}`, 'The dragon'],
  },
  {
    name: 'only so many messages are searched',
    input: told('', [dragon({})], {
      history: [said('Sam', 'dragon'), said(nora, 'Hm.'), said('Sam', 'So?')],
    }),
    never: [DRAGON],
  },
  {
    name: 'an entry may search more of them',
    input: told('', [dragon({ scan_depth: 3 })], {
      history: [said('Sam', 'dragon'), said(nora, 'Hm.'), said('Sam', 'So?')],
    }),
    sees: [DRAGON],
  },
  {
    name: 'each entry searches as many as it says, whatever others do',
    input: told('', [dragon({ scan_depth: 3 }), dragon({ content: 'Near.' })], {
      history: [said('Sam', 'dragon'), said(nora, 'Hm.'), said('Sam', 'So?')],
    }),
    sees: [DRAGON],
    never: ['Near.'],
  },
  {
    name: 'who speaks is searched, too',
    input: told('', [dragon({ keys: ['Felix'] })], { cast: [nora, felix], history: [said(felix, 'Hm.')] }),
    sees: [DRAGON],
  },
  {
    name: 'both keys: any of the second',
    input: told('dragon fire', [dragon({ secondary_keys: ['ice', 'fire'] })]),
    sees: [DRAGON],
  },
  {
    name: 'both keys: all of the second',
    input: told('dragon fire', [dragon({ secondary_keys: ['ice', 'fire'], secondary_logic: 'all' })]),
    never: [DRAGON],
  },
  {
    name: 'both keys: none of the second',
    input: told('dragon fire', [dragon({ secondary_keys: ['ice', 'fire'], secondary_logic: 'not_any' })]),
    never: [DRAGON],
  },
  {
    name: 'both keys: not all of the second',
    input: told('dragon fire', [dragon({ secondary_keys: ['ice', 'fire'], secondary_logic: 'not_all' })]),
    sees: [DRAGON],
  },
  {
    name: 'entries make each other heard if the book wants that',
    input: told(
      'dragon',
      [dragon({ content: 'It guards gold.' }), { keys: ['gold'], content: 'Gold is cursed.' }],
      {
        book: { is_recursive: true },
      },
    ),
    sees: ['It guards gold.', 'Gold is cursed.'],
  },
  {
    name: 'and not if it does not',
    input: told('dragon', [
      dragon({ content: 'It guards gold.' }),
      { keys: ['gold'], content: 'Gold is cursed.' },
    ]),
    never: ['Gold is cursed.'],
  },
  {
    name: 'an entry may keep to itself what others could hear',
    input: told(
      'dragon',
      [
        dragon({ content: 'It guards gold.', prevents_recursion: true }),
        { keys: ['gold'], content: 'Cursed.' },
      ],
      { book: { is_recursive: true } },
    ),
    never: ['Cursed.'],
  },
  {
    name: 'an entry may listen to people only',
    input: told(
      'dragon',
      [
        dragon({ content: 'Gold.' }),
        { keys: ['gold'], content: 'Cursed.', is_excluded_from_recursion: true },
      ],
      { book: { is_recursive: true } },
    ),
    never: ['Cursed.'],
  },
  {
    name: 'an entry may wait for what others tell',
    input: told(
      'dragon gold',
      [dragon({ content: 'It sleeps.' }), { keys: ['gold'], content: 'Cursed.', delay_until_recursion: 1 }],
      { book: { is_recursive: true } },
    ),
    sees: ['It sleeps.', 'Cursed.'],
  },
  {
    name: 'an entry that waits for what others tell, and does not listen to it',
    input: told('gold', [
      { keys: ['gold'], content: 'Cursed.', delay_until_recursion: 1, is_excluded_from_recursion: true },
    ]),
    never: ['Cursed.'],
  },
  {
    name: 'a hidden key is heard by others, not read',
    input: told(
      'dragon',
      [dragon({ content: 'Sleeps.{{hidden_key:gold}}' }), { keys: ['gold'], content: 'Cursed.' }],
      { book: { is_recursive: true } },
    ),
    sees: ['Sleeps.', 'Cursed.'],
    never: ['gold'],
  },
  {
    name: 'of a group one is told: the one that overrides',
    input: told('dragon', [
      dragon({ group: 'mood', content: 'Calm.' }),
      dragon({ group: 'mood', content: 'Angry.', is_group_override: true }),
    ]),
    sees: ['Angry.'],
    never: ['Calm.'],
  },
  {
    name: 'of a group one is told: the one with the most keys',
    input: told('dragon fire', [
      dragon({ group: 'mood', content: 'Calm.', scores_group: true }),
      { keys: ['dragon', 'fire'], group: 'mood', content: 'Angry.', scores_group: true },
    ]),
    sees: ['Angry.'],
    never: ['Calm.'],
  },
  {
    name: 'of a group one is told: by weight',
    input: told('dragon', [
      dragon({ group: 'mood', content: 'Calm.', group_weight: 0 }),
      dragon({ group: 'mood', content: 'Angry.', group_weight: 10 }),
    ]),
    sees: ['Angry.'],
    never: ['Calm.'],
  },
  {
    name: 'of a group one is told: the first round leaves nothing for the next',
    input: told(
      'dragon',
      [dragon({ group: 'mood', content: 'Gold.' }), { keys: ['gold'], group: 'mood', content: 'Greedy.' }],
      { book: { is_recursive: true } },
    ),
    sees: ['Gold.'],
    never: ['Greedy.'],
  },
  { name: 'a chance of nothing', input: told('dragon', [dragon({ probability: 0 })]), never: [DRAGON] },
  {
    name: 'a chance of a third, and these dice',
    input: told('dragon', [dragon({ probability: 33 }), dragon({ probability: 33, content: 'Two.' })]),
  },
  { name: 'disabled', input: told('dragon', [dragon({ is_enabled: false })]), never: [DRAGON] },
  {
    name: 'too early',
    input: told('dragon', [dragon({ delay: 2 })]),
    never: [DRAGON],
  },
  {
    name: 'for others only',
    input: told('dragon', [dragon({ character_filter: ['Felix'] })]),
    never: [DRAGON],
  },
  {
    name: 'for all but others',
    input: told('dragon', [dragon({ character_filter: ['felix'], is_character_filter_inverted: true })]),
    sees: [DRAGON],
  },
  {
    name: 'in order, the larger nearer to the end',
    input: told('dragon', [
      dragon({ order: 200, content: 'Second.' }),
      dragon({ order: 1, content: 'First.' }),
    ]),
    sees: ['First.', 'Second.'],
  },
  {
    name: "around the author's note",
    input: told(
      'dragon',
      [dragon({ position: 'note_bottom' }), dragon({ position: 'note_top', content: 'Above.' })],
      { conversation: noted },
    ),
    sees: ['Above.\n\nSlow pace.\n\nThe dragon sleeps.'],
  },
  {
    name: "around an author's note that is not there",
    input: told('dragon', [dragon({ position: 'note_top' })]),
    never: [DRAGON],
  },
  {
    name: 'at a depth, in a role',
    input: told('', [dragon({ position: 'at_depth', depth: 2, role: 'assistant' })], {
      history: [said('Sam', 'One'), said(felix, 'Two'), said('Sam', 'dragon')],
    }),
    sees: ['One', `<assistant>\n${DRAGON}`, 'Two'],
  },
  {
    name: 'around the examples',
    input: told(
      'dragon',
      [
        dragon({ is_constant: true, position: 'examples_top', content: 'Top.' }),
        dragon({ is_constant: true, position: 'examples_bottom', content: 'Bottom.' }),
      ],
      { speaker: card('Nora', { message_examples: 'Sam: Hi' }) },
    ),
    sees: ['Top.', 'Sam: Hi', 'Bottom.'],
  },
  {
    name: 'in an outlet of the card',
    input: told('dragon', [dragon({ position: 'outlet', outlet: 'beasts' })], {
      speaker: card('Nora', { post_history_instructions: 'Mind: {{outlet::beasts}}' }),
    }),
    sees: [`Mind: ${DRAGON}`],
  },
  {
    name: 'decorators say where, and are not read',
    input: told('dragon', [dragon({ content: `@@depth 0\n@@role user\n@@unknown x\n${DRAGON}` })]),
    sees: ['dragon', `<user>\n${DRAGON}`],
    never: ['@@'],
  },
  {
    name: 'decorators: a fallback of one that is known means nothing',
    input: told('dragon', [dragon({ content: `@@depth 0\n@@@role user\n${DRAGON}` })]),
    sees: ['dragon', `<system>\n${DRAGON}`],
  },
  {
    name: 'decorators: forced on, and forced off',
    input: told('Hi', [
      dragon({ content: `@@activate\n${DRAGON}` }),
      dragon({ is_constant: true, content: '@@dont_activate\nNever.' }),
    ]),
    sees: [DRAGON],
    never: ['Never.'],
  },
  {
    name: 'decorators: more keys, fewer keys, and a fallback',
    input: told('dragon gold', [
      dragon({ content: `@@additional_keys gold, silver\n${DRAGON}` }),
      dragon({ content: '@@exclude_keys gold\nNever.' }),
      dragon({ content: '@@unknown 1\n@@@activate_only_after 5\nToo early.' }),
    ]),
    sees: [DRAGON],
    never: ['Never.', 'Too early.'],
  },
  {
    name: 'a budget of its own: the less important are left out',
    input: told(
      'dragon',
      [dragon({ order: 1, content: 'Less important.' }), dragon({ order: 9, content: 'More important.' })],
      { book: { token_budget: 5 } },
    ),
    sees: ['More important.'],
    never: ['Less important.'],
  },
  {
    name: 'a budget of its own: some do not mind',
    input: told('dragon', [dragon({ ignores_budget: true })], { book: { token_budget: 0 } }),
    sees: [DRAGON],
  },
]
