import { type Message } from '#shared/entities.ts'
import { type MacroEnv } from './macros/macro-env.ts'
import { type AssemblyInput } from './prompt-input.ts'
import { EMPTY_MEMORY } from './prompt-memory.ts'
import { calledName, listed, userNameOf } from './speaker-names.ts'

export interface PromptEnv extends MacroEnv {
  /** Filled once it is known what lore is told. */
  readonly outlets: Map<string, string>
}

/** What macros may ask for in one prompt. */
export function promptEnv(input: AssemblyInput): PromptEnv {
  const { speaker, conversation, history, memory = EMPTY_MEMORY } = input
  const lastUser = history.findLast(({ role }) => role === 'user')
  return {
    texts: cardTexts(input),
    facts: new Map([...nameFacts(input), ...lineFacts(input), ...modelFacts(input)]),
    outlets: new Map(),
    greetings: [speaker.first_message, ...speaker.alternate_greetings],
    variables: {
      local: new Map(Object.entries(memory.variables)),
      global: new Map(Object.entries(memory.global_variables)),
    },
    seed: `${input.seed} ${conversation.conversation_id}`,
    turnSeed: turnSeedOf(input),
    now: input.now,
    timeZone: input.timeZone,
    lastUserAt: lastUser && new Date(lastUser.created_at),
  }
}

/** Differs from turn to turn, and from one try of a turn to the next. */
export function turnSeedOf({
  seed,
  conversation,
  history,
  messageCount,
  attempt = 0,
}: AssemblyInput): string {
  return [seed, conversation.conversation_id, messageCount ?? history.length, attempt].join(' ')
}

function cardTexts({ speaker, conversation, persona }: AssemblyInput): ReadonlyMap<string, string> {
  return new Map([
    ['description', speaker.description],
    ['personality', speaker.personality],
    ['scenario', speaker.scenario],
    ['persona', persona?.description ?? ''],
    ['mesexamples', speaker.message_examples],
    ['mesexamplesraw', speaker.message_examples],
    ['charprompt', speaker.system_prompt],
    ['systemprompt', speaker.system_prompt],
    ['charinstruction', speaker.post_history_instructions],
    ['chardepthprompt', speaker.depth_prompt?.text ?? ''],
    ['authorsnote', conversation.author_note?.text ?? ''],
    ['summary', conversation.summary],
  ])
}

type Facts = readonly (readonly [string, () => string])[]

function nameFacts(input: AssemblyInput): Facts {
  const { speaker, cast, conversation } = input
  const name = calledName(speaker)
  const user = userNameOf(input)
  const isGroup = cast.length > 1
  const everyone = cast.map(calledName)
  const speaking = cast.filter(({ id }) => !conversation.muted_characters.includes(id)).map(calledName)
  const others = cast.filter(({ id }) => id !== speaker.id).map(calledName)
  return [
    ['char', () => name],
    ['bot', () => name],
    ['user', () => user],
    ['group', () => (isGroup ? everyone.join(', ') : name)],
    ['groupnotmuted', () => (isGroup ? speaking.join(', ') : name)],
    ['charifnotgroup', () => (isGroup ? listed(everyone) : name)],
    ['notchar', () => [...others, user].join(', ')],
    ['charversion', () => speaker.character_version],
    ['charcreatornotes', () => speaker.creator_notes],
  ]
}

/** Lines are quoted as they are: what somebody says carries out no macros. */
function lineFacts({ history, messageCount = history.length, memory }: AssemblyInput): Facts {
  const lastOf = (role: Message['role']) => () =>
    contentOf(history.findLast((message) => message.role === role))
  const lastId = (): string => (messageCount > 0 ? String(messageCount - 1) : '')
  const firstIncluded = (): string => {
    const first = memory?.cut.first_message_id
    const index = first ? history.findIndex(({ message_id }) => message_id === first) : 0
    return String(messageCount - history.length + Math.max(index, 0))
  }
  return [
    ['lastmessage', () => contentOf(history.at(-1))],
    ['lastchatmessage', () => contentOf(history.at(-1))],
    ['lastusermessage', lastOf('user')],
    ['lastcharmessage', lastOf('assistant')],
    ['lastmessageid', lastId],
    ['lastswipeid', () => String(history.at(-1)?.alternative_count ?? '')],
    ['currentswipeid', () => String((history.at(-1)?.alternative_index ?? -1) + 1 || '')],
    ['firstincludedmessageid', firstIncluded],
    ['allchatrange', () => (messageCount > 0 ? `0-${messageCount - 1}` : '')],
  ]
}

function contentOf(message: Message | undefined): string {
  return message?.content ?? ''
}

function modelFacts({ model, replyTokens, mode }: AssemblyInput): Facts {
  return [
    ['model', () => model.id],
    ['maxprompt', () => String(model.contextTokens - replyTokens)],
    ['maxprompttokens', () => String(model.contextTokens - replyTokens)],
    ['maxcontext', () => String(model.contextTokens)],
    ['maxcontexttokens', () => String(model.contextTokens)],
    ['maxresponse', () => String(replyTokens)],
    ['maxresponsetokens', () => String(replyTokens)],
    ['lastgenerationtype', () => GENERATION_TYPES[mode]],
  ]
}

/** As cards know them. */
const GENERATION_TYPES: Readonly<Record<AssemblyInput['mode'], string>> = {
  reply: 'normal',
  continue: 'continue',
  impersonate: 'impersonate',
  auto: 'normal',
}
