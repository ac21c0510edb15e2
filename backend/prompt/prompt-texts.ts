import { type Character, type DepthPrompt } from '#shared/entities.ts'
import { type Piece } from './draft.ts'
import { exampleBlocks } from './examples.ts'
import { expand } from './macros/expand-macros.ts'
import { nudgeText } from './nudges.ts'
import { type PromptEnv } from './prompt-env.ts'
import { type AssemblyInput, type PartName } from './prompt-input.ts'
import { calledName, listed, userNameOf } from './speaker-names.ts'

/** All texts of a prompt but its lore and history, macros carried out; empty ones are left out later. */
export interface PromptTexts {
  /** What is the same whoever speaks. */
  readonly shared: readonly Piece[]
  /** Who the speaker is. */
  readonly card: readonly Piece[]
  readonly scenario: readonly Piece[]
  readonly examples: readonly Piece[]
  readonly houseRule: readonly Piece[]
  readonly summary: readonly Piece[]
  readonly authorNote: DepthPrompt | undefined
  readonly depthPrompt: DepthPrompt | undefined
  /** Behind everything. */
  readonly ending: readonly Piece[]
}

const HOUSE_RULE =
  'Your answer is spoken aloud: write plain sentences as people talk, a few at a time, without lists, links or emoji. Put actions between asterisks.'

/** Carries out every macro exactly once: some of them count. */
export function promptTexts(input: AssemblyInput, env: PromptEnv): PromptTexts {
  const { speaker, conversation, cast } = input
  const fill: Fill = (text, more = {}) => expand(text, { env, isStatic: true, ...more }).text.trim()
  const note = conversation.author_note
  const isGroup = cast.length > 1
  return {
    shared: sharedPieces(input, fill),
    card: cardPieces(input, fill),
    scenario: ofCard(speaker, section('scenario', 'The scene', fill(speaker.scenario))),
    examples: examplePieces(input, fill),
    houseRule: input.isOnlyRead ? [] : [{ name: 'house_rule', text: HOUSE_RULE }],
    summary: section('summary', 'What happened before', conversation.summary),
    authorNote: note ? { ...note, text: fill(note.text, { isStatic: false }) } : undefined,
    depthPrompt: speaker.depth_prompt
      ? { ...speaker.depth_prompt, text: fill(speaker.depth_prompt.text, { isStatic: false }) }
      : undefined,
    ending: [...endingInstructions(input, fill), { name: 'nudge', text: nudgeText(input, isGroup) }],
  }
}

type Fill = (text: string, more?: { isStatic?: boolean; original?: string }) => string

function endingInstructions({ speaker, mode }: AssemblyInput, fill: Fill): readonly Piece[] {
  if (mode === 'impersonate') return []
  const text = fill(speaker.post_history_instructions, { isStatic: false })
  return [{ name: 'post_history', text, source: speaker.name }]
}

/** The beginning: in a group it names all, so that it is the same for all. */
function sharedPieces(input: AssemblyInput, fill: Fill): readonly Piece[] {
  const { cast, persona } = input
  const roleplays = new Set(cast.map(({ global_roleplay }) => global_roleplay))
  const user = userNameOf(input)
  return [
    ...[...roleplays].map((text) => ({ name: 'global_roleplay', text: fill(text) }) as const),
    ...(cast.length > 1 ? [{ name: 'cast', text: castText(input, fill) } as const] : []),
    ...section('persona', `About ${user}`, fill(persona?.description ?? '')),
  ]
}

function castText(input: AssemblyInput, fill: Fill): string {
  const { cast } = input
  const names = listed([userNameOf(input), ...cast.map(calledName)])
  const cards = cast.map((character) => shortCard(character, fill)).filter((card) => card !== '')
  return [`A spoken conversation between ${names}. Lines of others begin with their name.`, ...cards].join(
    '\n',
  )
}

const SHORT_CARD_CHARACTERS = 240

/** Enough for the others to know whom they talk to. */
function shortCard(character: Character, fill: Fill): string {
  const source = character.personality.trim() || character.description.trim()
  const own = source
    .slice(0, 4 * SHORT_CARD_CHARACTERS)
    .replaceAll(/\{\{char\}\}|<char>|<bot>/gi, () => calledName(character))
  const text = fill(own).replaceAll(/\s+/g, ' ').trim()
  if (text === '') return ''
  return `${calledName(character)}: ${shortened(text)}`
}

function shortened(text: string): string {
  if (text.length <= SHORT_CARD_CHARACTERS) return text
  const start = text.slice(0, SHORT_CARD_CHARACTERS)
  const sentence = /^[^]*[.!?。！？](?=\s|$)/.exec(start)?.[0] ?? ''
  return sentence === '' ? `${start.slice(0, Math.max(start.lastIndexOf(' '), 1))} …` : sentence
}

function cardPieces(input: AssemblyInput, fill: Fill): readonly Piece[] {
  const { speaker, cast } = input
  const name = calledName(speaker)
  const original =
    cast.length > 1
      ? `You are ${name}. Stay in character.`
      : `You are ${name}, in a spoken conversation with ${userNameOf(input)}. Stay in character.`
  const systemPrompt = fill(speaker.system_prompt, { original }) || original
  return ofCard(speaker, [
    { name: 'system_prompt', text: systemPrompt },
    ...section('description', 'About you', fill(speaker.description)),
    ...section('personality', 'Your personality', fill(speaker.personality)),
  ])
}

const EXAMPLES_TITLE = 'How you talk, for example:\n'

function examplePieces(input: AssemblyInput, fill: Fill): readonly Piece[] {
  const { speaker, cast, persona, userName } = input
  const blocks = exampleBlocks(fill(speaker.message_examples), {
    speaker: calledName(speaker),
    speakerNames: [speaker.name],
    user: userNameOf(input),
    userNames: [userName, ...(persona ? [persona.name] : [])],
    others: cast.filter(({ id }) => id !== speaker.id).map(calledName),
  })
  return blocks.map((block, index) => {
    const text = index === 0 ? `${EXAMPLES_TITLE}${block}` : block
    return { name: 'examples', text, source: speaker.name }
  })
}

function section(name: PartName, title: string, text: string): readonly Piece[] {
  return text.trim() === '' ? [] : [{ name, text: `${title}:\n${text.trim()}` }]
}

function ofCard(speaker: Character, pieces: readonly Piece[]): readonly Piece[] {
  return pieces.map((piece) => ({ ...piece, source: speaker.name }))
}
