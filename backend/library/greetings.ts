import { type Persona } from '#shared/entities.ts'
import { type Config } from '../config.ts'
import { type ExpandedGreeting, type ExpandGreetings } from '../crud/greetings.ts'
import { type Clock } from '../lib/clock.ts'
import { expand } from '../prompt/macros/expand-macros.ts'
import { type MacroEnv } from '../prompt/macros/macro-env.ts'
import { promptEnv } from '../prompt/prompt-env.ts'
import { EMPTY_MEMORY, type PromptMemory } from '../prompt/prompt-memory.ts'
import { estimatedTokens } from '../prompt/token-counter.ts'
import { type Store } from '../store/contract.ts'

/** What the user is called who has told nobody. */
const ANONYMOUS = 'User'
/** Greetings are said before any model is asked. */
const NO_MODEL = { id: '', contextTokens: 8_192, canUseTools: false, roles: 'free' } as const

interface GreetingDeps {
  readonly store: Pick<Store, 'personas'>
  readonly config: Pick<Config, 'user_name'>
  readonly clock: Clock
}

/** Greetings with their macros carried out as in a prompt of their conversation. */
export function greetingExpander({ store, config, clock }: GreetingDeps): ExpandGreetings {
  return async (texts, { conversation, speaker, cast }) => {
    const persona = await personaOf(store, conversation.persona_id)
    const env = promptEnv({
      speaker,
      cast,
      conversation,
      persona,
      userName: persona?.name ?? config.user_name ?? ANONYMOUS,
      lorebooks: [],
      history: [],
      model: NO_MODEL,
      replyTokens: 0,
      mode: 'reply',
      seed: conversation.conversation_id,
      now: clock.date(),
      counter: estimatedTokens,
    })
    // Each begins with the variables as they are: only one of them is said.
    return texts.map((text) => {
      const variables = { local: new Map(env.variables.local), global: new Map(env.variables.global) }
      const { text: said } = expand(text, { env: { ...env, variables }, isStatic: true })
      return { text: said, ...memoryOf(variables) }
    })
  }
}

/** What a greeting has set is there in the first prompt. */
function memoryOf({ local, global }: MacroEnv['variables']): Pick<ExpandedGreeting, 'memory'> {
  if (local.size === 0 && global.size === 0) return {}
  const variables = { variables: Object.fromEntries(local), global_variables: Object.fromEntries(global) }
  return { memory: { ...EMPTY_MEMORY, ...variables } satisfies PromptMemory }
}

async function personaOf(
  { personas }: Pick<Store, 'personas'>,
  personaId: string | null,
): Promise<Persona | undefined> {
  const all = await personas.list()
  return all.find(({ persona_id }) => persona_id === personaId) ?? all.find(({ is_default }) => is_default)
}
