import { HANG_MS } from './hang.ts'
import { decodeAudioFrame, type AudioFrame } from '#shared/protocol/audio-frame.ts'
import { ServerEvent } from '#shared/protocol/events.ts'
import { type WebSocket as PageSocket } from 'playwright-core'
import { z } from 'zod'

type EventOf<T extends ServerEvent['type']> = Extract<ServerEvent, { type: T }>

const Command = z.object({ type: z.string(), data: z.unknown() })

/** What went over a page's socket, in order; reconnections included. */
export class WireLog {
  readonly events: ServerEvent[] = []
  readonly frames: AudioFrame[] = []
  /** What the page sent. */
  readonly commands: z.infer<typeof Command>[] = []
  microphoneFrames = 0
  readonly #waiting = new Set<() => void>()

  follow(socket: PageSocket): void {
    socket.on('framereceived', ({ payload }) => {
      if (typeof payload === 'string') this.events.push(ServerEvent.parse(JSON.parse(payload)))
      else this.frames.push(decodeAudioFrame(payload))
      for (const check of this.#waiting) check()
    })
    socket.on('framesent', ({ payload }) => {
      if (typeof payload === 'string') this.commands.push(Command.parse(JSON.parse(payload)))
      else this.microphoneFrames += 1
      for (const check of this.#waiting) check()
    })
  }

  all<T extends ServerEvent['type']>(type: T, from = 0): EventOf<T>[] {
    return this.events.slice(from).filter((event) => isOfType(event, type))
  }

  /** The first event of a type that matches, from number `from` on, past or future. */
  async event<T extends ServerEvent['type']>(
    type: T,
    options: { where?: (event: EventOf<T>) => boolean; from?: number; withinMs?: number } = {},
  ): Promise<EventOf<T>> {
    const { where = () => true, from = 0, withinMs = HANG_MS } = options
    return this.until(() => this.all(type, from).find((event) => where(event)), `"${type}"`, withinMs)
  }

  async until<Value>(find: () => Value | undefined, what: string, withinMs = HANG_MS): Promise<Value> {
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        clearTimeout(timer)
        this.#waiting.delete(check)
        finish()
      }
      const check = (): void => {
        const found = find()
        if (found !== undefined) settle(() => resolve(found))
      }
      const timer = setTimeout(
        () => settle(() => reject(new Error(`Waited ${withinMs} ms for ${what} on the socket`))),
        withinMs,
      )
      this.#waiting.add(check)
      check()
    })
  }

  /** The sound of a stream of the server, as far as it has come. */
  soundOf(key: { epoch: number; stream: number }): Int16Array {
    const frames = this.frames.filter(({ epoch, stream }) => epoch === key.epoch && stream === key.stream)
    const length = Math.max(0, ...frames.map(({ offset, pcm }) => offset + pcm.length))
    const whole = new Int16Array(length)
    for (const { offset, pcm } of frames) whole.set(pcm, offset)
    return whole
  }
}

function isOfType<T extends ServerEvent['type']>(event: ServerEvent, type: T): event is EventOf<T> {
  return event.type === type
}
