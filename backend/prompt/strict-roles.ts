import { type RoleRules } from '../engines/contracts.ts'
import { type Draft, type Piece } from './draft.ts'

/** Stands where a template wants the user to speak first, but a character does. */
const OPENING = '[The conversation begins]'

/** What {@link strictRoles} may add to a prompt, in tokens: the opening with its message. */
export const ROLES_RESERVE_TOKENS = 16

/** System text behind the beginning, as the model's template can take it: as the user's, between brackets. */
export function demoted(drafts: readonly Draft[], rules: RoleRules): readonly Draft[] {
  if (rules === 'free' || rules === 'merged') return drafts
  return drafts.map((draft) => {
    if (draft.role !== 'system') return draft
    const pieces = draft.pieces.map((piece) => ({ ...piece, text: bracketed(piece.text) }))
    return { ...draft, role: 'user', pieces }
  })
}

/**
 * Brings the messages into the order of roles that the model's template insists on. Never costs more than the drafts
 * and {@link ROLES_RESERVE_TOKENS}.
 * @param head system text of the beginning.
 * @param rest what follows; {@link demoted} where the rules want that.
 */
export function strictRoles(
  head: readonly Draft[],
  rest: readonly Draft[],
  rules: RoleRules,
): readonly Draft[] {
  switch (rules) {
    case 'free':
      return [...head, ...rest]
    case 'merged':
    case 'one_system':
      return merged([...head, ...rest])
    case 'strict':
      return merged([...head, ...opened(rest)])
    default:
      return merged(opened([...head.map((draft): Draft => ({ ...draft, role: 'user' })), ...rest]))
  }
}

function opened(drafts: readonly Draft[]): readonly Draft[] {
  if (drafts[0]?.role === 'user') return drafts
  return [{ role: 'user', pieces: [{ name: 'placeholder', text: OPENING }] }, ...drafts]
}

/** No two of the same role in a row, except where tools are called: those messages belong as they are. */
function merged(drafts: readonly Draft[]): readonly Draft[] {
  const out: (Draft & { pieces: Piece[] })[] = []
  for (const draft of drafts) {
    const before = out.at(-1)
    if (before && isMergeable(before) && isMergeable(draft) && before.role === draft.role) {
      before.pieces.push(...draft.pieces)
    } else {
      out.push({ ...draft, pieces: [...draft.pieces] })
    }
  }
  return out
}

function isMergeable({ role, toolCalls }: Draft): boolean {
  return role !== 'tool' && !toolCalls
}

function bracketed(text: string): string {
  return /^\[[^]*\]$/.test(text) ? text : `[${text}]`
}
