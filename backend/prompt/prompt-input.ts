import {
  type Character,
  type Conversation,
  type Lorebook,
  type Message,
  type Persona,
} from '#shared/entities.ts'
import { type ChatMessage, type ModelProfile, type ToolSpec } from '../engines/contracts.ts'
import { type PromptMemory } from './prompt-memory.ts'
import { type TokenCounter } from './token-counter.ts'

/**
 * What the model is to do: answer, go on with the speaker's last line, write the user's next line, speak although
 * nobody asked (`auto`), or sum up what happened.
 */
export type PromptMode = 'reply' | 'continue' | 'impersonate' | 'auto'

export interface AssemblyInput {
  readonly speaker: Character
  /** Everyone present, the speaker included, in speaking order. */
  readonly cast: readonly Character[]
  readonly conversation: Conversation
  /** Whom the user plays. */
  readonly persona?: Persona | undefined
  /** What the user is called without a persona. */
  readonly userName: string
  /** Those in force: of the speaker, of the conversation, and global ones. */
  readonly lorebooks: readonly Lorebook[]
  /** Oldest first; only what was said and heard. May be the newest part of a longer conversation. */
  readonly history: readonly Message[]
  /** Of the whole conversation; absent: as many as `history` has. */
  readonly messageCount?: number | undefined
  readonly model: Pick<ModelProfile, 'id' | 'contextTokens' | 'canUseTools' | 'roles'>
  /** What is kept free of the context for the reply (`max_tokens`). */
  readonly replyTokens: number
  /** What the model may call; its description costs tokens, too. */
  readonly tools?: readonly ToolSpec[] | undefined
  readonly mode: PromptMode
  /** The answer is not spoken: it need not be made for the ear. */
  readonly isOnlyRead?: boolean
  /** Of the conversation, and always the same for it: then its dice fall the same way. */
  readonly seed: string
  /** How often this turn was tried before: a new try rolls new dice. */
  readonly attempt?: number | undefined
  readonly now: Date
  /** IANA name; absent: the machine's. */
  readonly timeZone?: string | undefined
  /** As the prompt before left it. */
  readonly memory?: PromptMemory | undefined
  readonly counter: TokenCounter
}

export interface AssembledPrompt {
  readonly messages: readonly ChatMessage[]
  /** Texts at which the reply ends because somebody else would speak, most important first. */
  readonly stops: readonly string[]
  readonly trace: PromptTrace
  /** For the next prompt of this conversation; keep it only if this one is really sent. */
  readonly memory: PromptMemory
}

/** What was sent, what was left out, and what each part cost. */
export interface PromptTrace {
  /** In the order of the prompt, then what was left out. */
  readonly parts: readonly PromptPart[]
  /** Exactly the sum of the included parts. */
  readonly total_tokens: number
  /** What the prompt may cost: the model's context without the reply. */
  readonly budget_tokens: number
}

export type PartName =
  | 'global_roleplay'
  | 'system_prompt'
  | 'cast'
  | 'persona'
  | 'description'
  | 'personality'
  | 'scenario'
  | 'examples'
  | 'lorebook'
  | 'house_rule'
  | 'summary'
  | 'history'
  | 'tool_use'
  | 'author_note'
  | 'depth_prompt'
  | 'post_history'
  | 'nudge'
  | 'placeholder'
  | 'tools'

export interface PromptPart {
  readonly name: PartName
  readonly role: ChatMessage['role']
  readonly tokens: number
  readonly text: string
  readonly included: boolean
  /** Why it was left out. */
  readonly reason?: string
  /** Where it comes from: a message, an entry of a lorebook, a character. */
  readonly source?: string
  /** How many messages stand behind it. */
  readonly depth?: number
}
