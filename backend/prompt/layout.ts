import { type DepthPrompt, type LoreEntry, type MessageRole } from '#shared/entities.ts'
import { type Draft, draftOf, type Piece } from './draft.ts'
import { type ActiveLore } from './lore/activate-lore.ts'
import { type AssemblyInput } from './prompt-input.ts'
import { inPromptOrder, isSteady, sourceOf } from './prompt-lore.ts'
import { type PromptTexts } from './prompt-texts.ts'
import { demoted } from './strict-roles.ts'

/** A prompt without its history: what stands before it, among it and behind it. */
export interface Layout {
  /** System text. */
  readonly head: readonly Draft[]
  readonly injections: readonly Injection[]
  readonly tail: readonly Draft[]
}

export interface Injection {
  /** How many messages stand behind it. */
  readonly depth: number
  readonly drafts: readonly Draft[]
}

export interface LayoutInput {
  readonly input: AssemblyInput
  readonly texts: PromptTexts
  readonly lore: readonly ActiveLore[]
  readonly examples: readonly Piece[]
}

/** What changes from turn to turn stands before the newest message: what is before it stays as it was. */
const LATE_DEPTH = 1

/** Puts everything in its place, so that as much as possible of the beginning is the same from prompt to prompt. */
export function layoutOf({ input, texts, lore, examples }: LayoutInput): Layout {
  const isGroup = input.cast.length > 1
  const steady = loreAt(lore.filter(({ from }) => isSteady(from, input)))
  const fleeting = loreAt(lore.filter(({ from }) => !isSteady(from, input)))
  const card = [...texts.card, ...texts.scenario]
  const shown = (at: LoreAt): Piece[] => [...at('examples_top'), ...examples, ...at('examples_bottom')]
  const head = isGroup
    ? [
        ...texts.shared,
        ...steady('before'),
        ...steady('after'),
        ...texts.houseRule,
        ...aroundExamples(steady),
      ]
    : [
        ...texts.shared,
        ...steady('before'),
        ...card,
        ...steady('after'),
        ...texts.houseRule,
        ...shown(steady),
      ]
  const late = isGroup
    ? [...fleeting('before'), ...card, ...shown(fleeting), ...fleeting('after')]
    : [...fleeting('before'), ...aroundExamples(fleeting), ...fleeting('after')]
  const inDepth = [...notesAt(texts, fleeting, input), ...deepLore(lore, input)]
  const { roles } = input.model
  return {
    head: draftOf('system', [...head, ...texts.summary]),
    injections: [
      ...byDepthAndRole([{ depth: LATE_DEPTH, role: 'system', pieces: late }]),
      ...byDepthAndRole(inDepth),
    ].map(({ depth, drafts }) => ({ depth, drafts: demoted(drafts, roles) })),
    tail: demoted(draftOf('system', texts.ending), roles),
  }
}

function aroundExamples(at: LoreAt): readonly Piece[] {
  return [...at('examples_top'), ...at('examples_bottom')]
}

export function draftsOf({ head, injections, tail }: Layout): readonly Draft[] {
  return [...head, ...injections.flatMap(({ drafts }) => drafts), ...tail]
}

/** The texts of the lore that goes to one place. */
type LoreAt = (position: LoreEntry['position']) => readonly Piece[]

function loreAt(lore: readonly ActiveLore[]): LoreAt {
  const ordered = inPromptOrder(lore)
  return (position) => ordered.filter(({ from }) => from.entry.position === position).map(pieceOf)
}

function pieceOf({ from, text }: ActiveLore): Piece {
  return { name: 'lorebook', text, source: sourceOf(from) }
}

interface Placed {
  readonly depth: number
  readonly role: MessageRole
  readonly pieces: readonly Piece[]
}

/** The author's note with the lore around it, which goes where it goes, and the card's own note. */
function notesAt(
  { authorNote, depthPrompt }: PromptTexts,
  lore: LoreAt,
  input: AssemblyInput,
): readonly Placed[] {
  const note = authorNote && {
    ...place(authorNote),
    pieces: [
      ...lore('note_top'),
      { name: 'author_note', text: authorNote.text } as const,
      ...lore('note_bottom'),
    ],
  }
  const own = depthPrompt && {
    ...place(depthPrompt),
    pieces: [{ name: 'depth_prompt', text: depthPrompt.text, source: input.speaker.name } as const],
  }
  return [...(note && note.pieces.some(({ text }) => text !== '') ? [note] : []), ...(own ? [own] : [])]
}

function place({ depth, role }: DepthPrompt): Pick<Placed, 'depth' | 'role'> {
  return { depth, role }
}

function deepLore(lore: readonly ActiveLore[], input: AssemblyInput): readonly Placed[] {
  const messageCount = input.messageCount ?? input.history.length
  return inPromptOrder(lore)
    .filter(({ from }) => from.entry.position === 'at_depth')
    .map((active) => {
      const { entry, decorators } = active.from
      const { reverseDepth } = decorators
      const depth = reverseDepth === undefined ? entry.depth : Math.max(0, messageCount - reverseDepth)
      return { depth, role: entry.role, pieces: [pieceOf(active)] }
    })
}

const ROLES: readonly MessageRole[] = ['system', 'user', 'assistant']

/** One message for all that stands at the same place in the same role. */
function byDepthAndRole(placed: readonly Placed[]): readonly Injection[] {
  const depths = [...new Set(placed.map(({ depth }) => depth))]
  return depths.flatMap((depth) => {
    const drafts = ROLES.flatMap((role) => {
      const here = placed.filter((one) => one.depth === depth && one.role === role)
      return draftOf(
        role,
        here.flatMap(({ pieces }) => pieces.map((piece) => ({ ...piece, depth }))),
      )
    })
    return drafts.length > 0 ? [{ depth, drafts }] : []
  })
}
