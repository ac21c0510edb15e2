/** What macros may ask for while a prompt is made. */
export interface MacroEnv {
  /** Fields that may hold macros themselves, by lower-case name: `description`, `scenario`. */
  readonly texts: ReadonlyMap<string, string>
  /** Values that are taken as they are: names, lines somebody said. Computed when asked for. */
  readonly facts: ReadonlyMap<string, () => string>
  readonly outlets: ReadonlyMap<string, string>
  readonly greetings: readonly string[]
  readonly variables: Variables
  /** Of the conversation. */
  readonly seed: string
  /** Differs from turn to turn. */
  readonly turnSeed: string
  readonly now: Date
  readonly timeZone: string | undefined
  /** When the user last said something. */
  readonly lastUserAt: Date | undefined
}

/** Variables of the conversation and of all conversations. Changed while macros are expanded. */
export interface Variables {
  readonly local: Map<string, string>
  readonly global: Map<string, string>
}

/** One text to expand. */
export interface Expansion {
  readonly env: MacroEnv
  /** Its dice fall once per conversation, so that the beginning of the prompt stays what it was. */
  readonly isStatic: boolean
  /** What `{{original}}` stands for, once. */
  readonly original?: string | undefined
}

/** @returns undefined if it is no macro after all: then it stays as text. */
export type MacroHandler = (args: readonly string[], call: CallContext) => string | undefined

export interface CallContext {
  readonly env: MacroEnv
  /** Of the whole text the call stands in. */
  readonly textHash: () => number
  readonly isStatic: boolean
  readonly offset: number
}

/** What macros may set is bounded: cards are written by strangers. */
const MAX_VARIABLES = 1_000
const MAX_VARIABLE_CHARACTERS = 20_000

export function setVariable(variables: Map<string, string>, name: string, value: string): void {
  if (!variables.has(name) && variables.size >= MAX_VARIABLES) return
  variables.set(name, value.slice(0, MAX_VARIABLE_CHARACTERS))
}
