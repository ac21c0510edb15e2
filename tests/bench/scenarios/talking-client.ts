import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { AUDIO_HEADER_BYTES } from '#shared/protocol/audio-frame.ts'
import { deferred } from '../../../backend/lib/deferred.ts'
import { bytesOf, textOf } from './raw-data.ts'

/** Frames of a turn that must have come before the turn counts as talking. */
const TALKING_FRAMES = 3

/** A client that measures interruptions, and does nothing else that costs time. */
export class TalkingClient {
  readonly ackMs: number[] = []
  readonly lastOldFrameMs: number[] = []
  stale = 0
  readonly #socket: WebSocket
  /** Everything up to this epoch was acknowledged to have ended. */
  #endedEpoch = 0
  #frames = 0
  #lastFrameMs = 0
  #ready = deferred()
  #talking = deferred()
  #acknowledged = deferred<number>()

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data, isBinary) => {
      if (isBinary) this.#onFrame(bytesOf(data))
      else this.#onText(textOf(data))
    })
  }

  static async connect(wsUrl: string): Promise<TalkingClient> {
    const socket = new WebSocket(wsUrl)
    const client = new TalkingClient(socket)
    await once(socket, 'open')
    await client.#ready.promise
    return client
  }

  /** Asks something, and listens to the answer for a while. */
  async talk(durationMs: number): Promise<void> {
    this.#talking = deferred()
    this.#frames = 0
    this.#send('user_message', { text: 'Where is the boat?' })
    await this.#talking.promise
    await delay(durationMs)
  }

  async interrupt(): Promise<void> {
    this.#acknowledged = deferred()
    const sentMs = performance.now()
    this.#lastFrameMs = sentMs
    this.#send('interrupt', {})
    this.ackMs.push((await this.#acknowledged.promise) - sentMs)
    this.lastOldFrameMs.push(this.#lastFrameMs - sentMs)
  }

  close(): void {
    this.#socket.terminate()
  }

  #send(type: string, data: object): void {
    this.#socket.send(JSON.stringify({ type, data }))
  }

  #onFrame(bytes: Buffer): void {
    if (bytes.byteLength < AUDIO_HEADER_BYTES) return
    if (bytes.readUInt32LE(0) <= this.#endedEpoch) {
      this.stale += 1
      return
    }
    this.#lastFrameMs = performance.now()
    this.#frames += 1
    if (this.#frames === TALKING_FRAMES) this.#talking.resolve()
  }

  #onText(text: string): void {
    const epoch = Number(/"epoch":(\d+)/.exec(text)?.[1] ?? Infinity)
    if (text.includes('"interrupt_ack"')) {
      this.#endedEpoch = epoch
      this.#acknowledged.resolve(performance.now())
    } else if (text.includes('"ready"')) {
      this.#ready.resolve()
    } else if (epoch <= this.#endedEpoch && /"type":"(?:text|audio)_/.test(text)) {
      this.stale += 1
    }
  }
}
