import { type FastifyReply } from 'fastify'
import { macrotask } from '../lib/macrotask.ts'

/**
 * An answer that is written as it is made, straight to the connection: the streams that are usually put between cost as
 * much as all else a door does before the first word. Until the first piece, the answer can still be another one.
 */
export class LiveAnswer {
  readonly #reply: FastifyReply
  readonly #contentType: string
  #hasBegun = false

  constructor(reply: FastifyReply, contentType: string) {
    this.#reply = reply
    this.#contentType = contentType
  }

  get hasBegun(): boolean {
    return this.#hasBegun
  }

  /** Resolves when the next piece may come; whoever has gone is told nothing. */
  async write(piece: string): Promise<void> {
    const { raw } = this.#reply
    const isFirst = !this.#hasBegun
    if (isFirst) this.#begin()
    if (raw.destroyed) return
    const isFlowing = raw.write(piece)
    // What comes at once is made only when the first piece is on its way.
    if (isFirst) await macrotask()
    else if (!isFlowing) await flowing(this.#reply)
  }

  end(): void {
    if (!this.#hasBegun) this.#begin()
    this.#reply.raw.end()
  }

  #begin(): void {
    this.#hasBegun = true
    const { raw } = this.#reply.hijack()
    // Who breaks off is noticed by its closing.
    raw.on('error', () => {})
    for (const [name, value] of Object.entries(this.#reply.getHeaders())) {
      if (value !== undefined) raw.setHeader(name, value)
    }
    raw.setHeader('content-type', this.#contentType)
    raw.setHeader('cache-control', 'no-cache')
    raw.setHeader('x-accel-buffering', 'no')
  }
}

/** Resolves when the reader has taken what was sent, or has gone. */
function flowing({ raw }: FastifyReply): Promise<void> {
  return new Promise((resolve) => {
    const goOn = (): void => {
      raw.off('drain', goOn).off('close', goOn)
      resolve()
    }
    raw.on('drain', goOn).on('close', goOn)
  })
}
