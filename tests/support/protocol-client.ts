import { HANG_MS } from './hang.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RawData, WebSocket } from 'ws'
import { MICROPHONE_FRAME_SAMPLES, MICROPHONE_SAMPLE_RATE } from '#shared/audio.ts'
import { decodeAudioFrame, type AudioFrame } from '#shared/protocol/audio-frame.ts'
import { ServerEvent } from '#shared/protocol/events.ts'

export type Received = { readonly atMs: number } & (
  | { readonly type: 'event'; readonly event: ServerEvent }
  | { readonly type: 'frame'; readonly frame: AudioFrame }
)

type EventOf<T extends ServerEvent['type']> = Extract<ServerEvent, { type: T }>

/** A client over a real socket that follows docs/protocol.md to the letter, and refuses what does not. */
export class ProtocolClient implements AsyncDisposable {
  readonly received: Received[] = []
  readonly socket: WebSocket
  /** The server's frames that were not of this protocol. */
  readonly faults: string[] = []
  readonly #waiting = new Set<() => void>()

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data, isBinary) => {
      this.#receive(bytesOf(data), isBinary)
      for (const check of this.#waiting) check()
    })
  }

  static async connect(
    url: string,
    options: { headers?: Record<string, string> } = {},
  ): Promise<ProtocolClient> {
    const socket = new WebSocket(url, options)
    const client = new ProtocolClient(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    return client
  }

  send(type: string, data: unknown = {}, id?: string): void {
    this.socket.send(JSON.stringify({ type, ...(id === undefined ? {} : { id }), data }))
  }

  /** Sends speech in 20 ms frames as a microphone would, then goes on with silence. */
  async speak(
    pcm: Int16Array,
    options: { silenceMs?: number; speed?: number } = {},
  ): Promise<{ endedAtMs: number }> {
    const { silenceMs = 0, speed = 1 } = options
    const silence = new Int16Array((MICROPHONE_SAMPLE_RATE * silenceMs) / 1000)
    const startMs = performance.now()
    let endedAtMs = 0
    for (const [index, frame] of [...framesOf(pcm), undefined, ...framesOf(silence)].entries()) {
      if (!frame) {
        endedAtMs = performance.now()
        continue
      }
      this.socket.send(Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength))
      const waitMs = startMs + ((index + 1) * 20) / speed - performance.now()
      if (waitMs > 0) await sleep(waitMs)
    }
    return { endedAtMs }
  }

  /** The first event of a type that matches, past or future. */
  async event<T extends ServerEvent['type']>(
    type: T,
    options: { where?: (event: EventOf<T>) => boolean; from?: number; withinMs?: number } = {},
  ): Promise<EventOf<T> & { atMs: number }> {
    const { where = () => true, from = 0, withinMs = HANG_MS } = options
    const find = (): (EventOf<T> & { atMs: number }) | undefined => {
      for (const received of this.received.slice(from)) {
        if (received.type === 'event' && isOfType(received.event, type) && where(received.event)) {
          return { ...received.event, atMs: received.atMs }
        }
      }
      return undefined
    }
    return this.until(find, `an event "${type}"`, withinMs)
  }

  async frame(where: (frame: AudioFrame) => boolean = () => true): Promise<AudioFrame & { atMs: number }> {
    return this.until(() => this.frames().find((frame) => where(frame)), 'a frame', HANG_MS)
  }

  events<T extends ServerEvent['type']>(type: T): (EventOf<T> & { atMs: number })[] {
    return this.received.flatMap((received) =>
      received.type === 'event' && isOfType(received.event, type)
        ? [{ ...received.event, atMs: received.atMs }]
        : [],
    )
  }

  frames(): (AudioFrame & { atMs: number })[] {
    return this.received.flatMap((received) =>
      received.type === 'frame' ? [{ ...received.frame, atMs: received.atMs }] : [],
    )
  }

  async until<Value>(find: () => Value | undefined, what: string, withinMs: number): Promise<Value> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const found = find()
        if (found === undefined) return
        clearTimeout(timer)
        this.#waiting.delete(check)
        resolve(found)
      }
      const timer = setTimeout(() => {
        this.#waiting.delete(check)
        reject(new Error(`Waited ${withinMs} ms for ${what}`))
      }, withinMs)
      this.#waiting.add(check)
      check()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.socket.readyState === this.socket.CLOSED) return
    await new Promise<void>((resolve) => {
      this.socket.once('close', () => resolve())
      this.socket.close()
    })
  }

  #receive(bytes: Buffer, isBinary: boolean): void {
    const atMs = performance.now()
    if (isBinary) {
      this.received.push({ type: 'frame', atMs, frame: decodeAudioFrame(bytes) })
      return
    }
    const parsed = ServerEvent.safeParse(JSON.parse(bytes.toString('utf8')))
    if (parsed.success) this.received.push({ type: 'event', atMs, event: parsed.data })
    else this.faults.push(parsed.error.message)
  }
}

function isOfType<T extends ServerEvent['type']>(event: ServerEvent, type: T): event is EventOf<T> {
  return event.type === type
}

function framesOf(pcm: Int16Array): Int16Array[] {
  const frames: Int16Array[] = []
  for (let start = 0; start < pcm.length; start += MICROPHONE_FRAME_SAMPLES) {
    frames.push(pcm.slice(start, start + MICROPHONE_FRAME_SAMPLES))
  }
  return frames
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data)
  return Buffer.isBuffer(data) ? data : Buffer.from(data)
}
