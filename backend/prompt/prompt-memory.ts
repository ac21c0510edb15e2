import { z } from 'zod'

/** Where the history that the model sees begins. It moves in large steps, so that the prompt's beginning stays. */
export const CutState = z.object({
  /** The oldest message that was told; null: nothing is left out. */
  first_message_id: z.string().nullable(),
  /** The newest message that was left out: up to here a summary is wanted. */
  last_left_out_id: z.string().nullable(),
  /** Examples make room before messages do. */
  are_examples_dropped: z.boolean(),
})
export type CutState = Readonly<z.infer<typeof CutState>>

/** What timed effects remember of an entry. Times are counts of messages in the conversation. */
export const LoreMemory = z.object({
  /** Of the entry's text: an entry that was edited starts afresh. */
  hash: z.number(),
  activated_at: z.number(),
  sticky_until: z.number(),
  cooldown_until: z.number(),
})
export type LoreMemory = Readonly<z.infer<typeof LoreMemory>>

const Variables = z.record(z.string(), z.string())

/** What one prompt of a conversation leaves for the next: plain JSON, to be stored with the conversation. */
export const PromptMemory = z.object({
  cut: CutState,
  /** By `book/entry`. */
  lore: z.record(z.string(), LoreMemory),
  variables: Variables,
  global_variables: Variables,
})
export type PromptMemory = Readonly<z.infer<typeof PromptMemory>>

export const NO_CUT: CutState = {
  first_message_id: null,
  last_left_out_id: null,
  are_examples_dropped: false,
}

export const EMPTY_MEMORY: PromptMemory = { cut: NO_CUT, lore: {}, variables: {}, global_variables: {} }
