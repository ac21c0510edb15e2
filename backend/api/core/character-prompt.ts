import { type Character, type Conversation, ConversationDraft, type Persona } from '#shared/entities.ts'
import { type Config } from '../../config.ts'
import { type ChatMessage, type LanguageModel, type ModelProfile } from '../../engines/contracts.ts'
import { AppError } from '../../errors.ts'
import { type Clock } from '../../lib/clock.ts'
import { readLorebooks } from '../../pipeline/book-shelf.ts'
import { assemblePrompt } from '../../prompt/assemble-prompt.ts'
import { type AssemblyInput } from '../../prompt/prompt-input.ts'
import { sceneOf } from '../../prompt/scene.ts'
import { cachedTokens, estimatedTokens } from '../../prompt/token-counter.ts'
import { type Store } from '../../store/contract.ts'
import { type GenerateRequest } from './contract.ts'
import { type DoorHistory, doorHistory, unmarked } from './door-history.ts'
import { type Question, wishesOf } from './question.ts'
import { CHARACTER_PREFIX } from './talkable.ts'

export interface CharacterPromptDeps {
  readonly store: Pick<Store, 'characters' | 'personas' | 'lorebooks'>
  readonly model: Pick<LanguageModel, 'profile'>
  readonly clock: Clock
  readonly config: Pick<Config, 'user_name' | 'llm_settings'>
}

const ANONYMOUS = 'User'
/** Room for the reply, where nobody says how long it may be. */
const REPLY_TOKENS = 800
const LARGEST_REPLY_SHARE = 0.5

const counter = cachedTokens(estimatedTokens)

/**
 * What a character is asked: its prompt around the messages of a program, of which nothing is kept. System messages
 * in front are the scene; later ones stand where they are.
 * @param talkableId of the character.
 * @param attempt how often this was tried before.
 * @throws AppError `not_found` if it is gone, `invalid` if what has to be in the prompt does not fit the model.
 */
export async function characterQuestion(
  deps: CharacterPromptDeps,
  { request, talkableId }: { request: GenerateRequest; talkableId: string },
  attempt: number,
): Promise<Question> {
  const { store, model, config, clock } = deps
  const speaker = await characterOf(store, talkableId)
  const settings = { ...config.llm_settings, ...request.settings, model: config.llm_settings.model }
  const profile = model.profile(settings.model)
  const personas = await store.personas.list()
  const persona = personas.find(({ is_default }) => is_default)
  const hasTools = profile.canUseTools && request.tools.length > 0
  const at = clock.date().toISOString()
  const history = doorHistory(request.messages, { speaker, hasTools, at })
  const names = { speaker: speaker.name, nickname: speaker.nickname, userName: userNameOf(persona, config) }
  const played = { ...speaker, scenario: joined(speaker.scenario, history.scenario) }
  const scene = sceneOf({ speaker: played, cast: [played], history: [...history.messages] })
  const bare = { ...wishesOf(request), settings, scene }
  if (!profile.isLanguageModel) return { request: { ...bare, messages: [], stops: request.stops }, names }
  const lorebooks = await readLorebooks(store.lorebooks, speaker.lorebook_ids)
  const input = { ...inputOf(deps, { speaker: played, request, history, profile }), persona, lorebooks }
  const prompt = assemblePrompt({ ...input, attempt, userName: names.userName })
  const messages = prompt.messages.map((message) => withImages(message, history))
  return { request: { ...bare, messages, stops: [...request.stops, ...prompt.stops] }, names }
}

interface Parts {
  readonly speaker: Character
  readonly request: GenerateRequest
  readonly history: DoorHistory
  readonly profile: ModelProfile
}

function inputOf(
  { clock }: CharacterPromptDeps,
  { speaker, request, history, profile }: Parts,
): Omit<AssemblyInput, 'persona' | 'userName' | 'lorebooks'> {
  const now = clock.date()
  return {
    speaker,
    cast: [speaker],
    conversation: conversationOf(speaker, now.toISOString()),
    history: [...history.messages],
    model: profile,
    replyTokens: replyTokens(request.settings.max_tokens, profile),
    tools: profile.canUseTools ? request.tools : [],
    mode: 'reply',
    isOnlyRead: request.isSpoken !== true,
    seed: speaker.id,
    now,
    counter,
  }
}

async function characterOf(store: Pick<Store, 'characters'>, talkableId: string): Promise<Character> {
  const [speaker] = await store.characters.getMany([talkableId.slice(CHARACTER_PREFIX.length)])
  if (speaker) return speaker
  throw new AppError('not_found', `There is no character "${talkableId}" any more`)
}

function conversationOf({ id }: Character, at: string): Conversation {
  const stamps = { revision: 1, created_at: at, updated_at: at }
  return { ...ConversationDraft.parse({}), conversation_id: `door ${id}`, active_characters: [id], ...stamps }
}

function userNameOf(persona: Persona | undefined, config: CharacterPromptDeps['config']): string {
  return persona?.name ?? config.user_name ?? ANONYMOUS
}

function joined(...texts: readonly string[]): string {
  return texts.filter((text) => text.trim() !== '').join('\n\n')
}

function withImages(message: ChatMessage, { images }: DoorHistory): ChatMessage {
  if (images.length === 0) return message
  const found = unmarked(message.content, images)
  return { ...message, content: found.content, ...(found.images.length > 0 ? { images: found.images } : {}) }
}

function replyTokens(maxTokens: number | undefined, { contextTokens }: ModelProfile): number {
  const most = Math.floor(contextTokens * LARGEST_REPLY_SHARE)
  return Math.min(maxTokens ?? REPLY_TOKENS, Number.isFinite(most) ? most : REPLY_TOKENS)
}
