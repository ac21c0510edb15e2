import {
  type Character,
  type Conversation,
  ConversationDraft,
  type Message,
  type ModelSettings,
  type Persona,
} from '#shared/entities.ts'
import { type Config } from '../config.ts'
import { type LanguageModel, type ModelProfile, type ToolSpec } from '../engines/contracts.ts'
import { type Clock } from '../lib/clock.ts'
import { assemblePrompt } from '../prompt/assemble-prompt.ts'
import { type AssembledPrompt, type AssemblyInput, type PromptMode } from '../prompt/prompt-input.ts'
import { PromptMemory } from '../prompt/prompt-memory.ts'
import { cachedTokens, estimatedTokens } from '../prompt/token-counter.ts'
import { type Store } from '../store/contract.ts'
import { type ToolBox } from '../tools/tool-box.ts'
import { readLorebooks } from './book-shelf.ts'
import { historyUntil } from './history-pages.ts'

/** What models call a user whose name they do not know. */
const ANONYMOUS = 'User'
/** Room for the reply, where nobody says how long it may be. */
const REPLY_TOKENS = 800
const LARGEST_REPLY_SHARE = 0.5
/** No text has fewer characters to a token. */
const CHARACTERS_PER_TOKEN = 5
/** Engines that do not read prompts look back this far. */
const SCENE_MESSAGES = 200
/** For which the prompt is shown that nobody reads. */
const SHOWN_CONTEXT_TOKENS = 8_192
const UNREAD = {
  messages: [],
  stops: [],
  tools: [],
  trace: { parts: [], total_tokens: 0, budget_tokens: 0 },
  memory: undefined,
}

const counter = cachedTokens(estimatedTokens)

export interface PrompterDeps {
  readonly store: Store
  readonly model: Pick<LanguageModel, 'profile'>
  readonly clock: Clock
  readonly config: Pick<Config, 'user_name'>
  readonly tools: ToolBox
}

export interface Occasion {
  readonly conversationId: string
  readonly speaker: Character
  /** Everyone present, the speaker included. */
  readonly cast: readonly Character[]
  readonly settings: ModelSettings
  readonly mode: PromptMode
  readonly isOnlyRead?: boolean
  /** Only what was said before this message counts. */
  readonly before?: string | undefined
  /** The last line, which is to go on: it stands behind those before it. */
  readonly unfinished?: Message | undefined
  /** What the user has said that is not to be answered yet. */
  readonly unanswered?: ReadonlySet<string>
  /** How often this was tried before. */
  readonly attempt?: number
}

export interface Prompt extends Omit<AssembledPrompt, 'memory'> {
  readonly memory: PromptMemory | undefined
  readonly history: readonly Message[]
  readonly tools: readonly ToolSpec[]
  readonly userName: string
  /** Of the model that is to read it. */
  readonly modelId: string
}

/** Brings together what a prompt is made of, and has it made. */
export class Prompter {
  readonly #deps: PrompterDeps

  constructor(deps: PrompterDeps) {
    this.#deps = deps
  }

  /** What the user is called in a conversation. */
  async userName(conversationId: string): Promise<string> {
    const conversation = await this.#deps.store.conversations.find(conversationId)
    return this.#nameOf(await this.#persona(conversation))
  }

  /**
   * @returns an empty prompt for engines that do not read prompts.
   * @throws AppError `invalid` if what has to be in it does not fit the model.
   */
  async prompt(occasion: Occasion): Promise<Prompt> {
    const { store, model } = this.#deps
    if (model.profile(occasion.settings.model).isLanguageModel) return this.assembled(occasion)
    const { conversationId } = occasion
    const isStored = await store.conversations.find(conversationId)
    const page = { conversation_id: conversationId, limit: SCENE_MESSAGES, before: occasion.before }
    const history = isStored ? relevant(await store.messages.list(page), occasion) : []
    const { id: modelId } = model.profile(occasion.settings.model)
    return { ...UNREAD, history, modelId, userName: await this.userName(conversationId) }
  }

  /** The prompt even for an engine that would not read it: to be shown. */
  async assembled(occasion: Occasion): Promise<Prompt> {
    const { store, model, clock, tools } = this.#deps
    const { conversationId, speaker, cast, settings, mode, attempt, isOnlyRead = false } = occasion
    const told = model.profile(settings.model)
    const profile = told.isLanguageModel ? told : { ...told, contextTokens: SHOWN_CONTEXT_TOKENS }
    const conversation = (await store.conversations.find(conversationId)) ?? this.#fresh(occasion)
    const persona = await this.#persona(conversation)
    const memory = PromptMemory.safeParse(await store.conversations.promptMemory(conversationId)).data
    const history = relevant(await this.#history(occasion, profile, memory), occasion)
    const lorebooks = await readLorebooks(store.lorebooks, [
      ...speaker.lorebook_ids,
      ...conversation.lorebook_ids,
    ])
    const specs = profile.canUseTools && mode !== 'impersonate' ? tools.specsFor(speaker.tools) : []
    const input: AssemblyInput = {
      speaker,
      cast,
      conversation,
      persona,
      userName: this.#nameOf(persona),
      lorebooks,
      history,
      ...(lorebooks.length > 0 ? { messageCount: await store.messages.count(conversationId) } : {}),
      model: profile,
      replyTokens: replyTokens(settings, profile),
      tools: specs,
      mode,
      isOnlyRead,
      seed: conversationId,
      attempt,
      now: clock.date(),
      memory,
      counter,
    }
    return { ...assemblePrompt(input), history, tools: specs, userName: input.userName, modelId: profile.id }
  }

  /** For the next prompt of the conversation; to be called when this one is sent. */
  async keep({ conversationId }: Pick<Occasion, 'conversationId'>, { memory }: Prompt): Promise<void> {
    if (memory) await this.#deps.store.conversations.keepPromptMemory(conversationId, memory)
  }

  /** As much as could possibly fit, and at least back to where the last prompt began. */
  async #history(occasion: Occasion, profile: ModelProfile, memory?: PromptMemory): Promise<Message[]> {
    const { conversationId: conversation_id } = occasion
    const { messages, conversations } = this.#deps.store
    if (!(await conversations.find(conversation_id))) return []
    const enough = profile.contextTokens * CHARACTERS_PER_TOKEN
    const first = memory?.cut.first_message_id
    let characters = 0
    return historyUntil(messages, { conversation_id, before: occasion.before }, (page) => {
      characters += page.reduce((sum, { content }) => sum + content.length, 0)
      return characters >= enough || page.some(({ message_id }) => message_id === first)
    })
  }

  async #persona(conversation: Conversation | undefined): Promise<Persona | undefined> {
    const personas = await this.#deps.store.personas.list()
    const own = personas.find(({ persona_id }) => persona_id === conversation?.persona_id)
    return own ?? personas.find(({ is_default }) => is_default)
  }

  #nameOf(persona: Persona | undefined): string {
    return persona?.name ?? this.#deps.config.user_name ?? ANONYMOUS
  }

  /** A conversation in which nothing was said yet has no row. */
  #fresh({ conversationId: conversation_id, cast }: Occasion): Conversation {
    const now = this.#deps.clock.date().toISOString()
    const active_characters = cast.map(({ id }) => id)
    return {
      ...ConversationDraft.parse({}),
      conversation_id,
      active_characters,
      revision: 1,
      created_at: now,
      updated_at: now,
    }
  }
}

function relevant(history: Message[], { unfinished, unanswered }: Occasion): Message[] {
  const told = history.filter(({ message_id }) => !unanswered?.has(message_id))
  return unfinished ? [...told, unfinished] : told
}

function replyTokens({ max_tokens }: ModelSettings, { contextTokens }: ModelProfile): number {
  const most = Math.floor(contextTokens * LARGEST_REPLY_SHARE)
  return Math.min(max_tokens ?? REPLY_TOKENS, Number.isFinite(most) ? most : REPLY_TOKENS)
}
