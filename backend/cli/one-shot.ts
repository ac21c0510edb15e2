import { createInterface } from 'node:readline'
import { USER_MESSAGE_MAX_CHARACTERS } from '#shared/protocol/commands.ts'
import { afterTurn, type Chat, type ChatOptions, exitCodeOf } from './chat-parts.ts'
import { contextNote, fill } from './context.ts'
import { CliError, EXIT, type ExitCode } from './exit.ts'
import { type ContextText } from './room.ts'
import { type Terminal } from './terminal.ts'

export type Given =
  | { readonly text: string; readonly context: readonly ContextText[] }
  /** Each line of standard input is a message. */
  | { readonly lines: true; readonly context: readonly [] }

/** How long an interrupted reply may take to say that it has ended. */
const INTERRUPT_WITHIN_MS = 2_000

/** What is to be said: the words of the command line, what is piped in, or both. @throws CliError `usage` */
export async function messageOf(terminal: Terminal, options: ChatOptions): Promise<Given> {
  const words = options.words.join(' ').trim()
  if (words === '' && options.isJson) return { lines: true, context: [] }
  const piped = terminal.isInteractive ? '' : (await terminal.readAll()).trim()
  const text = [words, piped].filter((part) => part !== '').join('\n\n')
  if (text === '') throw new CliError(EXIT.usage, 'There is nothing to say: give a message, or pipe one in')
  if (text.length <= USER_MESSAGE_MAX_CHARACTERS) return { text, context: [] }
  if (words === '' || words.length > USER_MESSAGE_MAX_CHARACTERS) {
    throw new CliError(
      EXIT.usage,
      `The message has ${text.length} characters, of at most ${USER_MESSAGE_MAX_CHARACTERS}; pipe the text in and say what to do with it: troupe chat "summarise" < file`,
    )
  }
  return { text: words, context: await asContext(terminal, piped, options.context.maxTokens) }
}

/** What is too long for a message is told beside it, as far as there is room. */
async function asContext(
  terminal: Terminal,
  text: string,
  maxTokens: number,
): Promise<readonly ContextText[]> {
  const source = { name: 'standard input', read: (max: number) => Promise.resolve(text.slice(0, max)) }
  const context = await fill([source], maxTokens)
  terminal.say(contextNote(context, maxTokens))
  return context.texts
}

/** Says one thing and shows the answer. Ctrl-C ends it. */
export async function answerOnce(chat: Chat, text: string): Promise<ExitCode> {
  const { room, terminal } = chat
  using ctrlC = interrupting(chat)
  const turn = await ctrlC.watch(room.say(text))
  await afterTurn(chat, turn, text)
  await terminal.flush()
  return exitCodeOf(turn)
}

/** Says one line after the other; ends with the first that has no answer. */
export async function answerLines(chat: Chat): Promise<ExitCode> {
  using ctrlC = interrupting(chat)
  const lines = createInterface({ input: chat.terminal.stdin, crlfDelay: Infinity })
  for await (const line of lines) {
    if (line.trim() === '') continue
    const turn = await ctrlC.watch(chat.room.say(line))
    await afterTurn(chat, turn, line)
    await chat.terminal.flush()
    if (turn.outcome !== 'completed') return exitCodeOf(turn)
  }
  return EXIT.ok
}

interface Interrupting extends Disposable {
  /** The turn, unless the output is gone, or the server does not answer to Ctrl-C. */
  watch<Result>(turn: Promise<Result>): Promise<Result>
}

/** The first Ctrl-C ends the reply; what was said until then is kept. */
function interrupting({ room, terminal }: Chat): Interrupting {
  let giveUp: ((error: unknown) => void) | undefined
  const onBroken = (): void => giveUp?.(terminal.broken.reason)
  const onSignal = (): void => {
    if (!room.isBusy) return giveUp?.(new CliError(EXIT.interrupted, ''))
    room.interrupt()
    setTimeout(() => giveUp?.(new CliError(EXIT.interrupted, '')), INTERRUPT_WITHIN_MS).unref()
  }
  process.on('SIGINT', onSignal)
  terminal.broken.addEventListener('abort', onBroken)
  return {
    watch: (turn) =>
      new Promise((resolve, reject) => {
        giveUp = reject
        if (terminal.broken.aborted) reject(terminal.broken.reason)
        turn.then(resolve, reject)
      }),
    [Symbol.dispose]: () => {
      process.off('SIGINT', onSignal)
      terminal.broken.removeEventListener('abort', onBroken)
    },
  }
}
