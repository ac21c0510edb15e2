import { type ReplyStrategy } from '#shared/entities.ts'

/** Who answers when nobody is named, in the user's language. */
export const STRATEGIES: readonly { id: ReplyStrategy; name: string; hint: string }[] = [
  {
    id: 'natural',
    name: 'Whoever feels like it',
    hint: 'Whom you are talking with, and the others as readily as they are talkative.',
  },
  { id: 'list', name: 'Everyone, in order', hint: 'All who may speak unasked, as they stand here.' },
  { id: 'pooled', name: 'One at a time, in turn', hint: 'Nobody twice before everybody once.' },
  { id: 'manual', name: 'Only who is asked', hint: 'You name them, or let them speak from their menu.' },
  { id: 'all', name: 'Everyone, always', hint: 'All who may speak unasked answer every time.' },
]

const TURNS = [0, 1, 2, 3, 5, 8, 12, 20]

/** How long they may go on among themselves. What is set stays among the choices. */
export function autoTurnOptions(current: number): { id: string; name: string }[] {
  const turns = TURNS.includes(current) ? TURNS : [...TURNS, current].toSorted((one, other) => one - other)
  return turns.map((count) => ({ id: String(count), name: turnWords(count) }))
}

function turnWords(count: number): string {
  if (count === 0) return 'They wait for you'
  return count === 1 ? 'One line among themselves' : `${count} lines among themselves`
}
