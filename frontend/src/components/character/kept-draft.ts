import { z } from 'zod'
import { type Draft } from './draft.ts'

/** What is written and not saved yet: kept in this browser until it is, whatever happens to the page. */
const KeptDraft = z.object({
  /** Of the character that was changed. */
  revision: z.number(),
  /** What the changed fields were before. */
  base: z.record(z.string(), z.unknown()),
  mine: z.record(z.string(), z.unknown()),
})

interface Kept {
  readonly revision: number
  readonly base: Partial<Draft>
  readonly mine: Partial<Draft>
}

const keyOf = (id: string): string => `troupe.draft.character.${id}`

export function readKeptDraft(id: string): Kept | null {
  try {
    const kept = KeptDraft.safeParse(JSON.parse(localStorage.getItem(keyOf(id)) ?? 'null'))
    // Fields are checked as a whole before they are saved.
    return kept.success ? kept.data : null
  } catch {
    return null
  }
}

export function keepDraft(id: string, kept: Kept): void {
  try {
    localStorage.setItem(keyOf(id), JSON.stringify(kept))
  } catch {
    // No room in this browser: the page still has it.
  }
}

export function forgetDraft(id: string): void {
  localStorage.removeItem(keyOf(id))
}
