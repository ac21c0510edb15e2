import { type ModelSettings } from '#shared/entities.ts'
import { type RoleRules } from '../contracts.ts'
import { type TemplateName } from './prompt-templates.ts'

/** What is known of a model; absent is what nobody has told. */
export interface ModelInfo {
  /** Prompt and reply together. */
  readonly contextTokens?: number | undefined
  readonly canUseTools?: boolean | undefined
  /** Whether it understands pictures. */
  readonly canSee?: boolean | undefined
  readonly roles?: RoleRules | undefined
  /** Set for models without a chat API: how their prompt is written. */
  readonly template?: TemplateName | undefined
  readonly prices?: Prices | undefined
  /** Sampling settings where a session has none of its own. */
  readonly settings?: ModelSettings | undefined
  /** Whether its prompt makes it begin with thoughts, without the tag that opens them. */
  readonly startsThinking?: boolean | undefined
}

/** Per million tokens, in a currency of your choice. */
export interface Prices {
  readonly prompt: number
  readonly completion: number
  /** Of prompt tokens that the server still knew; absent: as the others. */
  readonly cached?: number | undefined
}

/** A model's entry in the settings: what it says wins over what the server tells. */
export interface ModelOverride extends ModelInfo {
  /** As the server calls it. */
  readonly id: string
}
