import { type FastifyReply } from 'fastify'
import { type Clock } from '../lib/clock.ts'
import { LiveAnswer } from './live-answer.ts'
import { untilLeft } from './until-left.ts'

/** Proxies and clients hang up on silence; a model that is being loaded is silent for long. */
const PING_MS = 10_000
const PING = ': ping\n\n'

export interface EventStream {
  readonly clock: Clock
  /** Whole frames, with the empty line behind them. */
  readonly frames: AsyncIterable<string>
  /** The last frame of a stream that fails once it has begun. */
  readonly failed: (thrown: unknown) => string
}

/**
 * Sends server-sent events. As long as nothing has been sent, a failure is told with a status of its own.
 * @throws what the first frame throws, if it fails soon.
 */
export async function sendEvents(
  reply: FastifyReply,
  { clock, frames, failed }: EventStream,
): Promise<FastifyReply> {
  const answer = new LiveAnswer(reply, 'text/event-stream; charset=utf-8')
  const pings = new Pings(clock, answer)
  try {
    pings.wait()
    for await (const frame of untilLeft(reply, frames)) {
      pings.rest()
      await answer.write(frame)
      pings.wait()
    }
  } catch (thrown) {
    if (!answer.hasBegun) throw thrown
    await answer.write(failed(thrown))
  } finally {
    pings.rest()
  }
  answer.end()
  return reply
}

export function dataFrame(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`
}

/** Breaks the silence while a frame is waited for. */
class Pings {
  readonly #clock: Clock
  readonly #answer: LiveAnswer
  #cancel: (() => void) | undefined

  constructor(clock: Clock, answer: LiveAnswer) {
    this.#clock = clock
    this.#answer = answer
  }

  wait(): void {
    this.#cancel = this.#clock.after(PING_MS, () => {
      void this.#answer.write(PING)
      this.wait()
    })
  }

  rest(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }
}
