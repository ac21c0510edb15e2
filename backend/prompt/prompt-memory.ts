/** What one prompt of a conversation leaves for the next: plain JSON, to be stored with the conversation. */
export interface PromptMemory {
  readonly cut: CutState
  /** By `book/entry`. */
  readonly lore: Readonly<Record<string, LoreMemory>>
  readonly variables: Readonly<Record<string, string>>
  readonly global_variables: Readonly<Record<string, string>>
}

/** Where the history that the model sees begins. It moves in large steps, so that the prompt's beginning stays. */
export interface CutState {
  /** The oldest message that was told; null: nothing is left out. */
  readonly first_message_id: string | null
  /** The newest message that was left out: up to here a summary is wanted. */
  readonly last_left_out_id: string | null
  /** Examples make room before messages do. */
  readonly are_examples_dropped: boolean
}

/** What timed effects remember of an entry. Times are counts of messages in the conversation. */
export interface LoreMemory {
  /** Of the entry's text: an entry that was edited starts afresh. */
  readonly hash: number
  readonly activated_at: number
  readonly sticky_until: number
  readonly cooldown_until: number
}

export const NO_CUT: CutState = {
  first_message_id: null,
  last_left_out_id: null,
  are_examples_dropped: false,
}

export const EMPTY_MEMORY: PromptMemory = { cut: NO_CUT, lore: {}, variables: {}, global_variables: {} }
