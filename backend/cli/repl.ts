import { type Character, type Message } from '#shared/entities.ts'
import { afterTurn, type Chat } from './chat-parts.ts'
import { CliError, EXIT, type ExitCode, toCliError } from './exit.ts'
import { LineReader } from './line-reader.ts'
import { completions, parseCommand, runCommand } from './repl-commands.ts'
import { type TurnResult } from './turn-watch.ts'
import { harmless } from './style.ts'

/** How much of an opened conversation is shown again. */
const SHOWN_MESSAGES = 6

/** Talks until the user leaves. Ctrl-C ends the reply that is being given, not the program. */
export async function chatInTerminal(chat: Chat): Promise<ExitCode> {
  const { terminal, client, room } = chat
  const characters = await client.request('get_characters', {})
  const names = characters.map(({ name }) => name)
  const stop = new Stop(chat)
  using reader = new LineReader({
    input: terminal.stdin,
    output: terminal.stderr.isTTY === true ? terminal.stderr : terminal.stdout,
    prompt: terminal.noteStyle.paint('> ', 'bold'),
    complete: (word, line) => completions(word, line, names),
    onInterrupt: () => stop.interrupt(),
  })
  const onSignal = (): void => stop.interrupt()
  process.on('SIGINT', onSignal)
  room.onUnasked = () => reader.suspend()
  try {
    await greet(chat, characters)
    return await talk(chat, reader, stop)
  } finally {
    process.off('SIGINT', onSignal)
    const id = room.conversation?.conversation_id
    if (id !== undefined) terminal.say(`To go on later: troupe chat --session ${id}`)
  }
}

async function greet({ terminal, room, client }: Chat, characters: readonly Character[]): Promise<void> {
  const recent = await room.lastMessages(SHOWN_MESSAGES)
  for (const message of recent) terminal.say(recalled(message, terminal))
  const engine = client.ready.engines.llm
  terminal.say(
    terminal.noteStyle.paint(
      `${engine.name}${engine.ready ? '' : ' (not ready)'} · /help for help · Ctrl-D to leave`,
      'dim',
    ),
  )
  const here = characters.filter(({ id }) => room.castIds.includes(id)).map(({ name }) => harmless(name))
  const hint = here.length > 1 ? '; @Name asks one of them' : ''
  if (here.length > 0) terminal.say(terminal.noteStyle.paint(`Here: ${here.join(', ')}${hint}`, 'dim'))
}

function recalled({ name, role, content }: Message, terminal: Chat['terminal']): string {
  return terminal.noteStyle.paint(`${harmless(name) || role}: ${harmless(content)}`, 'dim')
}

async function talk(chat: Chat, reader: LineReader, stop: Stop): Promise<ExitCode> {
  let wantsToLeave = false
  for (;;) {
    const reading = await stop.orLost(reader.read())
    if (reading.type === 'end') return EXIT.ok
    if (reading.type === 'interrupt') {
      if (chat.room.isOverheard) {
        chat.room.interrupt()
        continue
      }
      if (wantsToLeave) return EXIT.ok
      wantsToLeave = true
      chat.terminal.say('Ctrl-C again, or /exit, to leave.')
      continue
    }
    wantsToLeave = false
    if (reading.text === '') continue
    if (await isLeft(chat, reading.text, stop)) return EXIT.ok
  }
}

/** Says or does what was entered. What goes wrong is said, and the talk goes on, unless the server is gone. */
async function isLeft(chat: Chat, text: string, stop: Stop): Promise<boolean> {
  try {
    const command = parseCommand(text)
    const done = command ? await stop.orLost(runCommand(chat, command)) : { turn: chat.room.say(text) }
    if (done === 'leave') return true
    if (done?.turn) await answer(chat, stop.orLost(done.turn), command ? undefined : text)
  } catch (error) {
    const { message, exitCode } = toCliError(error)
    if (chat.client.lost.aborted || chat.terminal.broken.aborted) throw error
    if (exitCode === EXIT.interrupted) return false
    chat.terminal.say(chat.terminal.noteStyle.paint(message, 'red'))
  }
  return false
}

async function answer(chat: Chat, turn: Promise<TurnResult>, said: string | undefined): Promise<void> {
  await afterTurn(chat, await turn, said)
  await chat.terminal.flush()
}

/** What Ctrl-C means while something goes on: end the reply; again: do not wait for its end. */
class Stop {
  readonly #chat: Chat
  #hasInterrupted = false
  #giveUp: ((error: unknown) => void) | undefined

  constructor(chat: Chat) {
    this.#chat = chat
  }

  interrupt(): void {
    const { room, client } = this.#chat
    if (room.isBusy && !this.#hasInterrupted && !client.lost.aborted) {
      this.#hasInterrupted = true
      room.interrupt()
    } else this.#giveUp?.(new CliError(EXIT.interrupted, ''))
  }

  /** The work, unless the server is lost, the output is gone, or Ctrl-C was pressed twice. */
  orLost<Result>(work: Promise<Result>): Promise<Result> {
    const { client, terminal } = this.#chat
    this.#hasInterrupted = false
    return new Promise((resolve, reject) => {
      const ended = new AbortController()
      const finish = (): void => {
        this.#giveUp = undefined
        ended.abort()
      }
      for (const signal of [client.lost, terminal.broken]) {
        if (signal.aborted) reject(signal.reason)
        signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: ended.signal })
      }
      this.#giveUp = reject
      work.finally(finish).then(resolve, reject)
    })
  }
}
