import { ModelSettings } from '#shared/entities.ts'
import { type Chat } from './chat-parts.ts'
import { chooseCharacter } from './character-choice.ts'
import { contextNote, loadContext } from './context.ts'
import { CliError, EXIT } from './exit.ts'
import { exportSession, formatOf } from './export.ts'
import { readSetting } from './model-settings.ts'
import { allMessages } from './paged.ts'
import { type TurnResult } from './turn-watch.ts'
import { chooseSession } from './session-choice.ts'
import { harmless } from './style.ts'
import { writeWhole } from './write-file.ts'

/** What a command leads to: a turn that runs, the end, or nothing more. */
type Done = { readonly turn: Promise<TurnResult> } | 'leave' | undefined

interface Command {
  /** What stands behind its name, for the help. */
  readonly takes: string
  readonly does: string
  readonly run: (chat: Chat, rest: string) => Promise<Done> | Done
}

const leave: Command = { takes: '', does: 'leave; the session is kept', run: () => 'leave' }

const COMMANDS: Readonly<Record<string, Command>> = {
  help: { takes: '', does: 'this list', run: help },
  characters: { takes: '', does: 'who there is; @Name speaks to one, and calls them in', run: characters },
  next: { takes: '[NAME]', does: 'somebody says something unasked', run: next },
  regenerate: {
    takes: '',
    does: 'another wording of the last reply',
    run: ({ room }) => ({ turn: room.regenerate() }),
  },
  continue: {
    takes: '',
    does: 'the last reply goes on',
    run: ({ room }) => ({ turn: room.continueReply() }),
  },
  session: { takes: '[ID|last]', does: 'which session this is, or go to another', run: session },
  sessions: { takes: '', does: 'the latest sessions', run: sessions },
  title: { takes: 'TEXT', does: 'name this session', run: title },
  system: { takes: '[TEXT]', does: 'instructions for this session; without text: none', run: system },
  context: { takes: 'FILE|DIR|db', does: 'what the next message builds on', run: context },
  model: { takes: '[NAME]', does: 'which model answers', run: model },
  set: { takes: '[KEY VALUE]', does: 'sampling, e.g. /set temperature 0.7', run: set },
  save: { takes: 'FILE', does: 'write the session: .md, .json or .jsonl', run: save },
  clear: { takes: '', does: 'begin a new session with the same people', run: clear },
  exit: leave,
  quit: leave,
}

/** @returns undefined if it is no command: `/` alone, or a path. `//` says a line that begins with a slash. */
export function parseCommand(text: string): { readonly name: string; readonly rest: string } | undefined {
  const found = /^\/([a-z]+)(?:\s+([\s\S]*))?$/i.exec(text)
  return found ? { name: (found[1] ?? '').toLowerCase(), rest: (found[2] ?? '').trim() } : undefined
}

/** @throws CliError if there is no such command, or it cannot be done. */
export async function runCommand(chat: Chat, { name, rest }: { name: string; rest: string }): Promise<Done> {
  const exact = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (exact) return exact.run(chat, rest)
  const similar = Object.keys(COMMANDS).filter((known) => known.startsWith(name))
  throw new CliError(
    EXIT.usage,
    `There is no /${name}; ${similar.length > 0 ? `do you mean /${similar.join(' or /')}?` : '/help shows what there is'}`,
  )
}

/** What may stand in place of the last word: commands at the start, names behind an @. */
export function completions(word: string, line: string, names: readonly string[]): string[] {
  if (word.startsWith('/') && line === word) {
    return Object.keys(COMMANDS).flatMap((name) => (`/${name}`.startsWith(word) ? [`/${name} `] : []))
  }
  if (!word.startsWith('@')) return []
  const begun = word.slice(1).toLowerCase()
  return names.flatMap((name) => (name.toLowerCase().startsWith(begun) ? [`@${name} `] : []))
}

function help({ terminal }: Chat): undefined {
  for (const [name, { takes, does }] of Object.entries(COMMANDS)) {
    terminal.say(`  ${`/${name} ${takes}`.padEnd(24)}${does}`)
  }
  terminal.say('')
  terminal.say(
    '  Several lines: """ before and behind them, \\ at the end of a line, Alt+Enter, or paste them.',
  )
  terminal.say('  Ctrl-C ends the reply; twice at an empty prompt, or Ctrl-D, leaves. Tab completes names.')
}

async function characters({ client, room, terminal }: Chat): Promise<undefined> {
  const all = await client.request('get_characters', {})
  for (const { id, name, description } of all) {
    const about = harmless(description).replaceAll(/\s+/g, ' ').slice(0, 60)
    terminal.say(
      `${room.castIds.includes(id) ? '*' : ' '} ${terminal.noteStyle.paint(harmless(name), 'bold')}  ${about}`,
    )
  }
}

async function next({ client, room }: Chat, name: string): Promise<Done> {
  const all = name === '' ? [] : await client.request('get_characters', {})
  return { turn: room.nextTurn(name === '' ? undefined : chooseCharacter(all, name).id) }
}

async function session({ client, room, terminal }: Chat, given: string): Promise<undefined> {
  if (given !== '') {
    const chosen = await chooseSession(client, given)
    await room.open(chosen.conversation_id)
  }
  const { conversation } = room
  terminal.say(
    conversation
      ? `${conversation.conversation_id}  ${harmless(conversation.title) || '(untitled)'}`
      : 'A new session; it is kept from the first message on.',
  )
}

async function sessions({ client, terminal }: Chat): Promise<undefined> {
  for (const { conversation_id, updated_at, title: name } of await client.request('get_conversations', {
    limit: 20,
  })) {
    terminal.say(`${conversation_id}  ${updated_at.slice(0, 10)}  ${harmless(name) || '(untitled)'}`)
  }
}

async function title({ room, terminal }: Chat, text: string): Promise<undefined> {
  if (text === '') throw new CliError(EXIT.usage, 'Say what it is to be called: /title An evening in May')
  const { conversation_id } = stored(room)
  await room.update({ conversation_id, title: text })
  terminal.say(`This session is called "${text}".`)
}

async function system({ room, terminal }: Chat, text: string): Promise<undefined> {
  await room.setAuthorNote(text)
  terminal.say(
    text === '' ? 'No instructions any more.' : 'These instructions hold from the next message on.',
  )
}

async function context({ client, room, terminal, options }: Chat, given: string): Promise<undefined> {
  if (given === '') throw new CliError(EXIT.usage, 'Say what to read: /context notes.md')
  const { extensions, maxTokens } = options.context
  const loaded = await loadContext(client, { sources: [given], extensions, maxTokens })
  room.addContext(loaded.texts)
  terminal.say(contextNote(loaded, maxTokens))
}

async function model({ room, client, terminal }: Chat, name: string): Promise<undefined> {
  if (name !== '') await room.setModel({ model: name })
  const { model: current } = await room.setModel({})
  terminal.say(
    current ??
      `whichever ${client.ready.engines.llm.name} uses by default; "troupe models list" shows them all`,
  )
}

async function set({ room, terminal }: Chat, given: string): Promise<undefined> {
  const [key = '', ...value] = given.split(/[\s=]+/)
  const settings = key === '' ? {} : readSetting(key, value.join(' '))
  const current = ModelSettings.parse(await room.setModel(settings))
  for (const [name, now] of Object.entries(current)) terminal.say(`${name} ${String(now)}`)
  if (Object.keys(current).length === 0) terminal.say("Nothing is set: the model server's own defaults hold.")
}

async function save({ client, room, terminal }: Chat, path: string): Promise<undefined> {
  if (path === '') throw new CliError(EXIT.usage, 'Say where to: /save talk.md')
  const conversation = stored(room)
  const messages = await allMessages(client, conversation.conversation_id)
  await writeWhole(path, exportSession({ conversation, messages }, formatOf(path) ?? 'markdown'))
  terminal.say(`Wrote ${messages.length} messages to ${path}`)
}

function clear({ room, terminal }: Chat): undefined {
  room.leave()
  terminal.say('A new session begins with your next message.')
}

function stored(room: Chat['room']) {
  const { conversation } = room
  if (conversation) return conversation
  throw new CliError(EXIT.failure, 'Nothing has been said yet; say something first')
}
