import { type ModelSettings } from '#shared/entities.ts'
import { type ChatLog } from './chat-log.ts'
import { type Connected } from './connection.ts'
import { CliError, EXIT, type ExitCode } from './exit.ts'
import { type Room } from './room.ts'
import { type TurnResult } from './turn-watch.ts'
import { type Speaker } from './speaker.ts'
import { statsOf } from './stats.ts'

export interface ChatOptions {
  /** Words of the message; none: talk, or read it from standard input. */
  readonly words: readonly string[]
  readonly characters: readonly string[]
  /** The model itself instead of a character. */
  readonly isPlain: boolean
  readonly settings: ModelSettings
  readonly system?: string | undefined
  /** Go on with the selected or latest conversation. */
  readonly isContinued: boolean
  readonly session?: string | undefined
  readonly context: {
    readonly sources: readonly string[]
    readonly extensions: readonly string[]
    readonly maxTokens: number
  }
  readonly isSpoken: boolean
  readonly showsStats: boolean
  readonly isJson: boolean
  readonly logFile?: string | undefined
}

/** Everything a chat needs, whichever way messages come in. */
export interface Chat extends Connected {
  readonly room: Room
  readonly options: ChatOptions
  readonly speaker: Speaker | undefined
  readonly log: ChatLog | undefined
}

/** What is remembered, kept and told after a turn. */
export async function afterTurn(chat: Chat, turn: TurnResult, said?: string): Promise<void> {
  const { room, log, speaker, terminal, client, options } = chat
  await speaker?.finish()
  await remember(chat)
  if (log) {
    const replies = (await room.lastMessages(100)).filter(({ message_id }) =>
      turn.messageIds.includes(message_id),
    )
    const mine = said === undefined ? [] : [{ name: 'You', role: 'user' as const, content: said }]
    await log.add([...mine, ...replies])
  }
  if (options.showsStats) terminal.say(terminal.noteStyle.paint(await statsOf(client, turn), 'dim'))
}

async function remember({ room, state, terminal }: Chat): Promise<void> {
  const id = room.conversation?.conversation_id
  if (id === undefined || (await state.selected()) === id) return
  await state.select(id).catch((error: unknown) => {
    const reason = error instanceof CliError ? error.message : 'Cannot remember the session'
    terminal.say(`${reason}; go on later with: troupe chat --session ${id}`)
  })
}

/** For scripts: how a turn ended. */
export function exitCodeOf({ outcome, errors }: Pick<TurnResult, 'outcome' | 'errors'>): ExitCode {
  if (outcome === 'completed') return EXIT.ok
  if (outcome === 'interrupted') return EXIT.interrupted
  return errors.some(({ code }) => code === 'engine_unavailable') ? EXIT.unreachable : EXIT.failure
}
