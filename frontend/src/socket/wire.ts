import { type Clock } from './clock.ts'
import { Heartbeat } from './heartbeat.ts'
import { type Line, type OpenLine } from './line.ts'
import { Listeners } from './listeners.ts'
import { reconnectDelayMs } from './reconnect-delay.ts'

const UNAUTHORIZED = 4401

export type ConnectionStatus = 'connecting' | 'open' | 'reconnecting' | 'unauthorized'

export interface WireStatus {
  readonly name: ConnectionStatus
  /** How many times reconnecting has been tried since the line broke. */
  readonly attempt: number
}

interface WireOptions {
  readonly url: () => string
  readonly openLine: OpenLine
  readonly clock: Clock
  readonly random: () => number
}

interface WireHandlers {
  onOpen(): void
  onText(text: string): void
  onBytes(bytes: ArrayBuffer): void
  onLost(): void
  onPing(): void
}

/** A line that is opened again, with growing patience, whenever it breaks or falls silent. */
export class Wire {
  readonly #options: WireOptions
  readonly #handlers: WireHandlers
  readonly #statuses = new Listeners<WireStatus>()
  readonly #heartbeat: Heartbeat
  #line: Line | undefined
  #status: WireStatus = { name: 'connecting', attempt: 0 }
  #cancelRetry: () => void = () => {}

  constructor(options: WireOptions, handlers: WireHandlers) {
    this.#options = options
    this.#handlers = handlers
    this.#heartbeat = new Heartbeat(options.clock, {
      ping: () => handlers.onPing(),
      onDead: () => this.#lose(),
    })
  }

  get status(): WireStatus {
    return this.#status
  }

  get bufferedBytes(): number {
    return this.#line?.bufferedBytes ?? 0
  }

  onStatus(listener: (status: WireStatus) => void): () => void {
    return this.#statuses.add(listener)
  }

  /** Starts anew, also after the server refused; an open line is closed first. */
  connect(): void {
    this.close()
    this.#setStatus({ name: 'connecting', attempt: 0 })
    this.#dial()
  }

  hurry(): void {
    if (this.#status.name === 'open') this.#heartbeat.probe()
    else if (this.#status.name === 'reconnecting' && this.#line === undefined) this.#dial()
  }

  close(): void {
    this.#cancelRetry()
    this.#heartbeat.stop()
    this.#line?.close()
    this.#line = undefined
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    this.#line?.send(data)
  }

  /** The server has greeted us: from now on the line counts as open. */
  markOpen(): void {
    this.#setStatus({ name: 'open', attempt: 0 })
  }

  #dial(): void {
    this.#cancelRetry()
    // Until something arrives the heartbeat watches the attempt itself.
    this.#heartbeat.beat()
    this.#line = this.#options.openLine(this.#options.url(), {
      onOpen: () => this.#handlers.onOpen(),
      onText: (text) => {
        this.#heartbeat.beat()
        this.#handlers.onText(text)
      },
      onBytes: (bytes) => {
        this.#heartbeat.beat()
        this.#handlers.onBytes(bytes)
      },
      onClose: (code) => {
        if (code === UNAUTHORIZED) this.#refuse()
        else this.#lose()
      },
    })
  }

  #refuse(): void {
    this.close()
    this.#setStatus({ name: 'unauthorized', attempt: 0 })
    this.#handlers.onLost()
  }

  #lose(): void {
    this.close()
    const attempt = this.#status.attempt + 1
    this.#setStatus({ name: 'reconnecting', attempt })
    const delayMs = reconnectDelayMs(attempt, this.#options.random())
    this.#cancelRetry = this.#options.clock.after(delayMs, () => {
      this.#dial()
    })
    this.#handlers.onLost()
  }

  #setStatus(status: WireStatus): void {
    this.#status = status
    this.#statuses.tell(status)
  }
}
