import { type Character } from '#shared/entities.ts'
import { chooseCharacter, plainAssistant } from './character-choice.ts'
import { ChatLog } from './chat-log.ts'
import { type Chat, type ChatOptions } from './chat-parts.ts'
import { type Connected } from './connection.ts'
import { contextNote, loadContext } from './context.ts'
import { JsonDisplay, TextDisplay, type Display } from './display.ts'
import { type ExitCode } from './exit.ts'
import { chatInTerminal } from './repl.ts'
import { Room } from './room.ts'
import { chooseSession } from './session-choice.ts'
import { Speaker } from './speaker.ts'
import { answerLines, answerOnce, messageOf } from './one-shot.ts'

/** `troupe chat` */
export async function runChat(connected: Connected, options: ChatOptions): Promise<ExitCode> {
  const { client, terminal } = connected
  const isTalk = options.words.length === 0 && terminal.isInteractive && !options.isJson
  const given = isTalk ? undefined : await messageOf(terminal, options)
  const display: Display = options.isJson
    ? new JsonDisplay(terminal)
    : new TextDisplay(terminal, { namesEveryone: isTalk })
  const cast = await castOf(connected, options)
  display.cast(cast)
  const context = await loadContext(client, options.context)
  if (options.context.sources.length > 0) terminal.say(contextNote(context, options.context.maxTokens))
  await using speaker = options.isSpoken ? Speaker.open(client, terminal) : undefined
  using room = new Room(client, display, {
    characterIds: cast.length > 0 ? cast.map(({ id }) => id) : undefined,
    context: [...context.texts, ...(given?.context ?? [])],
    authorNote: options.system,
  })
  if (Object.keys(options.settings).length > 0) await room.setModel(options.settings)
  const log = options.logFile === undefined ? undefined : new ChatLog(options.logFile, terminal)
  const chat = { ...connected, room, options, speaker, log }
  await enter(chat, cast)
  if (!given) return await chatInTerminal(chat)
  return 'lines' in given ? await answerLines(chat) : await answerOnce(chat, given.text)
}

/** Who is asked for by name; nobody: whoever is in the room. */
async function castOf({ client }: Connected, { characters, isPlain }: ChatOptions): Promise<Character[]> {
  if (isPlain) return [await plainAssistant(client)]
  if (characters.length === 0) return []
  const all = await client.request('get_characters', {})
  return characters.map((name) => chooseCharacter(all, name))
}

/** Goes where the conversation goes on, if it does. */
async function enter({ client, room, state, options }: Chat, cast: readonly Character[]): Promise<void> {
  const given = options.session ?? (options.isContinued ? ((await state.selected()) ?? 'last') : undefined)
  if (given === undefined) return
  const conversation = await found(given)
  await room.open(conversation.conversation_id)
  if (options.system !== undefined) await room.setAuthorNote(options.system)
  await room.callIn(cast.map(({ id }) => id))

  async function found(wanted: string) {
    try {
      return await chooseSession(client, wanted)
    } catch (error) {
      // What was selected may have been deleted meanwhile; then the latest is meant.
      if (options.session !== undefined || wanted === 'last') throw error
      return chooseSession(client, 'last')
    }
  }
}
