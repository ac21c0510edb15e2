import { type RawData } from 'ws'
import { MICROPHONE_MAX_FRAME_BYTES } from '#shared/audio.ts'
import { commands, type CommandData, type CommandType } from '#shared/protocol/commands.ts'
import { Envelope } from '#shared/protocol/envelope.ts'
import { type RequestType } from '#shared/protocol/requests.ts'
import { type Crud } from '../crud/dispatch.ts'
import { AppError } from '../errors.ts'
import { type Clock } from '../lib/clock.ts'
import { TokenBucket } from '../lib/token-bucket.ts'
import { type Connection } from './connection.ts'
import { type Session } from './session.ts'

/** A person types and clicks slowly, a program may be quick; a flood is neither. */
const MESSAGE_LIMIT = { perSecond: 300, burst: 3_000 }
/** Four times real time, and half a minute at once for a client that catches up. */
const AUDIO_BYTES_LIMIT = {
  perSecond: 4 * MICROPHONE_MAX_FRAME_BYTES,
  burst: 30 * MICROPHONE_MAX_FRAME_BYTES,
}
/** Even a message that cannot be read is answered under its id, if it has one. */
const OnlyId = Envelope.pick({ id: true })
const COMPLAINTS = { perSecond: 1, burst: 1 }

export interface RouterDeps {
  readonly clock: Clock
  readonly connection: Connection
  readonly session: Session
  readonly crud: Crud
}

type CommandHandler<T extends CommandType> = (data: CommandData<T>, id: string | undefined) => unknown
type CommandTable = { readonly [T in CommandType]: CommandHandler<T> }

/** Dispatches what a client sends: sound to the ears, CRUD requests to their handlers, commands to the session. */
export class WebSocketRouter {
  readonly #deps: RouterDeps
  readonly #commands: CommandTable
  readonly #messages: TokenBucket
  readonly #audioBytes: TokenBucket
  readonly #complaints: TokenBucket

  constructor(deps: RouterDeps) {
    this.#deps = deps
    this.#commands = commandTable(deps)
    this.#messages = new TokenBucket(deps.clock, MESSAGE_LIMIT)
    this.#audioBytes = new TokenBucket(deps.clock, AUDIO_BYTES_LIMIT)
    this.#complaints = new TokenBucket(deps.clock, COMPLAINTS)
  }

  /** Never throws: what is wrong with a message is told to its sender. */
  onMessage(raw: RawData, isBinary: boolean): void {
    const bytes = bytesOf(raw)
    if (isBinary) this.#onAudio(bytes)
    else this.#onText(bytes.toString('utf8'))
  }

  #onAudio(bytes: Buffer): void {
    if (bytes.byteLength % 2 !== 0 || bytes.byteLength > MICROPHONE_MAX_FRAME_BYTES) {
      if (this.#mayAsk()) this.#bad('Sound must be whole 16-bit samples, at most one second a frame', {})
      return
    }
    if (!this.#audioBytes.take(bytes.byteLength)) {
      this.#complain('You send sound faster than it can be spoken; some of it was dropped')
      return
    }
    // A copy, because buffers from a socket may start at an odd offset.
    this.#deps.session.ears.hear(new Int16Array(new Uint8Array(bytes).buffer))
  }

  #mayAsk(): boolean {
    const isAllowed = this.#messages.take(1)
    if (!isAllowed) this.#complain('Too many messages; some of them were dropped')
    return isAllowed
  }

  #onText(text: string): void {
    if (!this.#mayAsk()) return
    const message = parseJson(text)
    const envelope = Envelope.safeParse(message)
    if (!envelope.success) {
      const id = OnlyId.safeParse(message).data?.id
      this.#bad('Cannot read the message: it must be JSON with a "type"', {
        id,
        issues: envelope.error.issues,
      })
      return
    }
    const { type, id, data } = envelope.data
    const { crud } = this.#deps
    if (crud.isRequest(type)) this.#answerCrud(this.#handle(type, data), id)
    else if (isCommand(type)) this.#run(type, data, id)
    else this.#bad(`Unknown message type "${type}"`, { id })
  }

  #run(type: CommandType, data: unknown, id: string | undefined): void {
    const parsed = commands[type].safeParse(data ?? {})
    if (!parsed.success) {
      const [first] = parsed.error.issues
      const fault = first ? `: ${first.path.join('.')} ${first.message}` : ''
      this.#bad(`Cannot read "${type}"${fault}`, { id, issues: parsed.error.issues })
      return
    }
    try {
      // TypeScript cannot see that the schema and the handler under one name belong together.
      const handle = this.#commands[type] as CommandHandler<CommandType>
      const done = handle(parsed.data, id)
      if (done instanceof Promise) done.catch((error: unknown) => this.#deps.session.tellError(error, id))
    } catch (error) {
      this.#deps.session.tellError(error, id)
    }
  }

  /** Another wording shows another way on: what is just being said belongs to the one that is left. */
  async #handle(type: RequestType, data: unknown): ReturnType<Crud['handle']> {
    const { crud, connection, session } = this.#deps
    if (type === 'select_alternative') await session.conversation.quiet()
    return crud.handle(type, data, connection)
  }

  #answerCrud(answer: ReturnType<Crud['handle']>, id: string | undefined): void {
    const { connection, session } = this.#deps
    answer.then(
      (event) => connection.send(id === undefined ? event : { ...event, id }),
      (error: unknown) => session.tellError(error, id),
    )
  }

  #bad(message: string, details: { id?: string | undefined; issues?: readonly unknown[] }): void {
    const { id, issues } = details
    this.#deps.session.tellError(new AppError('bad_message', message, issues ? { issues } : {}), id)
  }

  #complain(message: string): void {
    if (this.#complaints.take(1)) this.#deps.session.tellError(new AppError('rate_limited', message))
  }
}

function commandTable({ connection, session }: RouterDeps): CommandTable {
  const { conversation, ears } = session
  const { verbs } = conversation
  return {
    ping: (_data, id) => connection.send({ type: 'pong', ...withId(id), data: {} }),
    hello: (data, id) => session.hello(data, id),
    open_conversation: (data, id) => session.openConversation(data, id),
    user_message: (data) => session.userMessage(data),
    start_listening: ({ mode, pause_ms: pauseMs, barge_in: canBargeIn }, id) => {
      ears.start(mode, { pauseMs, canBargeIn })
      connection.send({ type: 'listening_started', ...withId(id), data: {} })
    },
    stop_listening: async ({ discard }, id) => {
      await (discard ? ears.discard() : ears.stop())
      connection.send({ type: 'listening_stopped', ...withId(id), data: {} })
    },
    interrupt: ({ queued }, id) => conversation.interrupt(id, queued),
    audio_played: (data) => conversation.played(data),
    model_settings: (data, id) => {
      const settings = conversation.setModelSettings(data)
      connection.send({ type: 'model_settings_updated', ...withId(id), data: settings })
    },
    clear_history: (_data, id) => session.clearHistory(id),
    refresh_characters: (_data, id) => session.tellCast(id),
    refresh_active_characters: (_data, id) => session.tellCast(id),
    regenerate_message: ({ message_id }) => session.inRoom(() => verbs.regenerate(message_id)),
    next_turn: ({ character_id }) => session.inRoom(() => verbs.nextTurn(character_id)),
    impersonate: () => session.inRoom(() => verbs.impersonate()),
    continue_message: ({ message_id }) => session.inRoom(() => verbs.continueFrom(message_id)),
    speak_message: ({ message_id }) => session.inRoom(() => verbs.replay(message_id)),
  }
}

function withId(id: string | undefined) {
  return id === undefined ? {} : { id }
}

function isCommand(type: string): type is CommandType {
  return Object.hasOwn(commands, type)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function bytesOf(raw: RawData): Buffer {
  if (Array.isArray(raw)) return Buffer.concat(raw)
  return Buffer.isBuffer(raw) ? raw : Buffer.from(raw)
}
