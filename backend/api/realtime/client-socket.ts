import { type Clock, sleep } from '../../lib/clock.ts'
import { type Dialect } from './dialect.ts'
import { newId } from './ids.ts'
import { type ServerEvent } from './server-events.ts'

/** Above this nothing that can wait is added. */
const ENOUGH_BYTES = 512 * 1024
const POLL_MS = 20
/** A client that takes nothing for this long does not read. */
const MAX_STUCK_MS = 10_000
/** However fast it reads, more than this is not kept for one client. */
const MAX_BUFFERED_BYTES = 32 * 1024 * 1024
/** RFC 6455: policy violation. */
const CLOSE_POLICY = 1008

/** What is used of a socket. */
export interface TextSocket {
  readonly OPEN: number
  readonly readyState: number
  readonly bufferedAmount: number
  send(text: string): void
  close(code: number, reason: string): void
  terminate(): void
}

export interface ClientSocketDeps {
  readonly socket: TextSocket
  readonly clock: Clock
  readonly dialect: Dialect
  /** Called before something is sent. */
  readonly gather: () => void
  readonly onOverflow: () => void
}

/** The sending side: events as text, in the client's dialect, and never more than it reads. */
export class ClientSocket {
  readonly #deps: ClientSocketDeps

  constructor(deps: ClientSocketDeps) {
    this.#deps = deps
  }

  send(event: ServerEvent): void {
    const { socket, dialect, gather } = this.#deps
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.#letGo()
      return
    }
    const written = dialect.write(event)
    if (!written) return
    gather()
    socket.send(JSON.stringify({ event_id: newId('event'), ...written }))
  }

  /** Resolves when the client has read most of what was sent. @throws the signal's reason. */
  async room(signal: AbortSignal): Promise<void> {
    const { socket, clock } = this.#deps
    let least = Infinity
    let tookSomethingAtMs = clock.nowMs()
    while (socket.readyState === socket.OPEN && socket.bufferedAmount > ENOUGH_BYTES) {
      if (socket.bufferedAmount < least) {
        least = socket.bufferedAmount
        tookSomethingAtMs = clock.nowMs()
      }
      if (clock.nowMs() - tookSomethingAtMs > MAX_STUCK_MS) this.#letGo()
      await sleep(clock, POLL_MS, signal)
    }
  }

  /** A client that does not read would not read the closing handshake either. */
  #letGo(): void {
    const { socket, onOverflow } = this.#deps
    onOverflow()
    socket.close(CLOSE_POLICY, 'You read too slowly')
    socket.terminate()
  }
}
