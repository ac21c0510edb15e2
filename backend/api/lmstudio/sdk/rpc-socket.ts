import { type RawData, type WebSocket } from 'ws'
import { toAppError } from '../../../errors.ts'
import { type Logger } from '../../../logging.ts'
import { ClientFrame, Greeting, type SdkError, type ServerFrame } from './frames.ts'
import { type Namespace } from './namespace.ts'
import { OpenChannel } from './open-channel.ts'

/** At once, on one socket. */
const MAX_PENDING = 200

export interface RpcSocketOptions {
  readonly socket: WebSocket
  readonly namespace: Namespace
  /** Whether who shows this may come in. */
  readonly isAllowed: (passkey: string) => boolean
  /** Called before something is sent. */
  readonly gather: () => void
  readonly logger: Logger
}

/** One of the SDK's sockets: questions with one answer, and channels. What cannot be read is said so, and goes by. */
export class RpcSocket {
  readonly #options: RpcSocketOptions
  readonly #channels = new Map<number, OpenChannel>()
  readonly #gone = new AbortController()
  #calls = 0
  #isGreeted = false

  constructor(options: RpcSocketOptions) {
    this.#options = options
  }

  onMessage(raw: RawData): void {
    const frame = jsonIn(raw)
    if (this.#isGreeted) this.#onFrame(frame)
    else this.#greet(frame)
  }

  /** The program is gone: nothing that it asked for goes on. */
  onClose(): void {
    this.#gone.abort(new Error('The program is gone'))
  }

  #greet(frame: unknown): void {
    const { socket, isAllowed } = this.#options
    const greeting = Greeting.safeParse(frame)
    const error = greeting.success
      ? 'A token is needed: give it as clientPasskey'
      : 'The first message says who you are: authVersion 1, clientIdentifier, clientPasskey'
    this.#isGreeted = greeting.success && isAllowed(greeting.data.clientPasskey)
    socket.send(JSON.stringify(this.#isGreeted ? { success: true } : { success: false, error }))
    if (!this.#isGreeted) socket.close()
  }

  #onFrame(data: unknown): void {
    const parsed = ClientFrame.safeParse(data)
    if (!parsed.success) {
      this.#send({ type: 'communicationWarning', warning: 'A message could not be read' })
      return
    }
    const frame = parsed.data
    if (frame.type === 'keepAlive') this.#send({ type: 'keepAliveAck' })
    else if (frame.type === 'rpcCall') void this.#call(frame)
    else if (frame.type === 'channelCreate') void this.#open(frame)
    else if (frame.type === 'channelSend') this.#tell(frame)
    else if (frame.type === 'signalSubscribe') this.#refuseSignal('signalError', frame)
    else if (frame.type === 'writableSignalSubscribe') this.#refuseSignal('writableSignalError', frame)
  }

  /** Never fails: that is told. */
  async #call({ endpoint, callId, parameter }: Extract<ClientFrame, { type: 'rpcCall' }>): Promise<void> {
    const rpc = this.#options.namespace.rpcs.get(endpoint)
    if (!rpc || this.#calls >= MAX_PENDING) {
      this.#send({ type: 'rpcError', callId, error: rpc ? tooMany() : unknown(endpoint) })
      return
    }
    this.#calls += 1
    try {
      this.#send({ type: 'rpcResult', callId, result: await rpc(parameter, this.#gone.signal) })
    } catch (thrown) {
      this.#send({ type: 'rpcError', callId, error: this.#errorOf(thrown) })
    } finally {
      this.#calls -= 1
    }
  }

  /** Never fails: that is told. */
  async #open(frame: Extract<ClientFrame, { type: 'channelCreate' }>): Promise<void> {
    const { endpoint, channelId, creationParameter } = frame
    const handler = this.#options.namespace.channels.get(endpoint)
    if (!handler || this.#channels.has(channelId) || this.#channels.size >= MAX_PENDING) {
      this.#send({ type: 'channelError', channelId, error: handler ? tooMany() : unknown(endpoint) })
      return
    }
    const channel = new OpenChannel(this.#gone.signal, (message) =>
      this.#sendThrough({ type: 'channelSend', channelId, message }),
    )
    this.#channels.set(channelId, channel)
    try {
      await handler(creationParameter, channel)
      this.#send({ type: 'channelClose', channelId })
    } catch (thrown) {
      this.#send({ type: 'channelError', channelId, error: this.#errorOf(thrown) })
    } finally {
      this.#channels.delete(channelId)
    }
  }

  #tell({ channelId, message, ackId }: Extract<ClientFrame, { type: 'channelSend' }>): void {
    this.#channels.get(channelId)?.onMessage(message)
    if (ackId !== undefined) this.#send({ type: 'channelAck', channelId, ackId })
  }

  #refuseSignal(
    type: 'signalError' | 'writableSignalError',
    { endpoint, subscribeId }: { endpoint: string; subscribeId: number },
  ): void {
    this.#send({ type, subscribeId, error: unknown(endpoint) })
  }

  #errorOf(thrown: unknown): SdkError {
    const error = toAppError(thrown)
    if (error.code === 'internal' && !this.#gone.signal.aborted) {
      this.#options.logger.error({ err: thrown }, 'A request of an LM Studio program failed')
    }
    return sdkError(error.message)
  }

  #send(frame: ServerFrame): void {
    const { socket, gather } = this.#options
    if (socket.readyState !== socket.OPEN) return
    gather()
    socket.send(JSON.stringify(frame))
  }

  /** Resolves when it has left: who reads slowly is told slowly. */
  #sendThrough(frame: ServerFrame): Promise<void> {
    const { socket, gather } = this.#options
    if (socket.readyState !== socket.OPEN) return Promise.resolve()
    gather()
    // A socket that fails is closed, and its signal aborts.
    return new Promise((resolve) => socket.send(JSON.stringify(frame), () => resolve()))
  }
}

function sdkError(title: string): SdkError {
  return { title, rootTitle: title }
}

function unknown(endpoint: string): SdkError {
  return sdkError(`Troupe has no "${endpoint}"`)
}

function tooMany(): SdkError {
  return sdkError('Too much is asked at once')
}

function jsonIn(raw: RawData): unknown {
  try {
    return JSON.parse(textOf(raw))
  } catch {
    return undefined
  }
}

function textOf(raw: RawData): string {
  if (Array.isArray(raw)) return Buffer.concat(raw).toString()
  return raw instanceof ArrayBuffer ? Buffer.from(raw).toString() : raw.toString()
}
