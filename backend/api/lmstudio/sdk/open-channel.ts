import { z } from 'zod'
import { type RpcChannel } from './namespace.ts'

const Cancel = z.object({ type: z.enum(['cancel', 'stop']) })

/** A channel, until its handler is done. Programs say nothing in it but that they have had enough. */
export class OpenChannel implements RpcChannel {
  readonly signal: AbortSignal
  readonly send: RpcChannel['send']
  readonly #cancelled = new AbortController()

  constructor(gone: AbortSignal, send: RpcChannel['send']) {
    this.signal = AbortSignal.any([gone, this.#cancelled.signal])
    this.send = send
  }

  get isCancelled(): boolean {
    return this.#cancelled.signal.aborted
  }

  onMessage(message: unknown): void {
    if (Cancel.safeParse(message).success) this.#cancelled.abort(new Error('The program has had enough'))
  }
}
