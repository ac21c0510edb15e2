import { encodeAudioFrame, type AudioFrame } from '#shared/protocol/audio-frame.ts'
import { type ServerEvent } from '#shared/protocol/events.ts'
import { type LineHandlers, type OpenLine } from '../../../frontend/src/socket/line.ts'
import { SocketClient } from '../../../frontend/src/socket/socket-client.ts'
import { FakeClock } from './fake-clock.ts'

interface SentFrame {
  readonly type: string
  readonly id?: string
  readonly data: Record<string, unknown>
}

/** The far end of the line: what the client sent is in `sent`, what the server says goes in by `say`. */
export class FakeServer {
  readonly urls: string[] = []
  sent: SentFrame[] = []
  sentAudio: Uint8Array[] = []
  /** The client's end, for what a browser would know about it. */
  readonly line = { bufferedBytes: 0 }
  #handlers: LineHandlers | undefined
  #seq = 0

  readonly openLine: OpenLine = (url, handlers) => {
    this.urls.push(url)
    this.#handlers = handlers
    return Object.assign(this.line, {
      send: (data: string | Uint8Array) => {
        if (typeof data === 'string') this.sent.push(JSON.parse(data))
        else this.sentAudio.push(data)
      },
      close: () => {
        if (this.#handlers === handlers) this.#handlers = undefined
      },
    })
  }

  get isConnected(): boolean {
    return this.#handlers !== undefined
  }

  accept(): void {
    this.#handlers?.onOpen()
  }

  say(event: ServerEvent): void {
    this.#seq += 1
    this.#handlers?.onText(JSON.stringify({ seq: this.#seq, ...event }))
  }

  sayRaw(text: string): void {
    this.#handlers?.onText(text)
  }

  play(frame: AudioFrame): void {
    this.#handlers?.onBytes(encodeAudioFrame(frame).buffer)
  }

  playRaw(bytes: ArrayBuffer): void {
    this.#handlers?.onBytes(bytes)
  }

  hangUp(code = 1006): void {
    this.#handlers?.onClose(code)
  }

  /** The last frame of this type that the client sent. */
  lastSent(type: string): SentFrame | undefined {
    return this.sent.findLast((frame) => frame.type === type)
  }
}

const engine = { name: 'fake', ready: true }

export function readyEvent(changes: Partial<Extract<ServerEvent, { type: 'ready' }>['data']> = {}) {
  return {
    type: 'ready',
    data: {
      session_id: 'session-1',
      resume_token: 'resume-1',
      conversation_id: 'fresh-1',
      engines: { vad: engine, stt: engine, llm: engine, tts: engine },
      model_settings: {},
      active_characters: [],
      ...changes,
    },
  } satisfies ServerEvent
}

export function createClient(server = new FakeServer(), clock = new FakeClock()) {
  const badFrames: string[] = []
  const client = new SocketClient({
    url: () => 'ws://stage/ws',
    openLine: server.openLine,
    clock,
    random: () => 0,
    onBadFrame: (description) => badFrames.push(description),
  })
  return { client, server, clock, badFrames }
}

/** A client whose line is open. */
export function openClient() {
  const parts = createClient()
  parts.client.connect()
  parts.server.accept()
  parts.server.say(readyEvent())
  return parts
}
