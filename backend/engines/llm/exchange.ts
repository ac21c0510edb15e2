import { type IncomingHttpHeaders } from 'node:http'
import { type Dispatcher } from 'undici'
import { abortReason } from '../../lib/abort.ts'
import { deferred, type Deferred } from '../../lib/deferred.ts'
import { macrotask } from '../../lib/macrotask.ts'

/** Arrived and not read; above this the server has to wait. */
const MAX_WAITING_BYTES = 1024 * 1024

export interface Opened {
  readonly statusCode: number
  readonly headers: IncomingHttpHeaders
  /** Leaving it breaks the request off. */
  readonly body: AsyncIterableIterator<Uint8Array>
}

/**
 * Makes one request.
 * @throws what undici throws until the answer begins; the signal's reason, if it aborts. What goes wrong later, its body
 * throws as `fetch` does.
 */
export async function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  signal?: AbortSignal,
): Promise<Opened> {
  if (signal?.aborted) throw abortReason(signal)
  const handler = new Exchange(signal)
  dispatcher.dispatch(options, handler)
  return handler.opened
}

/** Not undici's own `request`: its streams cost a fifth of a millisecond on the way to every first word. */
class Exchange implements Dispatcher.DispatchHandler, AsyncIterableIterator<Uint8Array> {
  readonly #opened = deferred<Opened>()
  readonly #signal: AbortSignal | undefined
  readonly #chunks: Uint8Array[] = []
  #waitingBytes = 0
  #controller: Dispatcher.DispatchController | undefined
  #reader: Deferred<IteratorResult<Uint8Array, undefined>> | undefined
  #end: { readonly error?: unknown } | undefined
  readonly #onAbort = (): void => {
    this.#chunks.length = 0
    if (this.#signal) this.#breakOff(abortReason(this.#signal))
  }

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal
    signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  get opened(): Promise<Opened> {
    return this.#opened.promise
  }

  /** Also when a request that could not be sent is sent again. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#end) controller.abort(asError(this.#end.error))
  }

  onResponseStart(_: unknown, statusCode: number, headers: IncomingHttpHeaders): void {
    // Those below only say that an answer will come.
    if (statusCode >= 200) this.#opened.resolve({ statusCode, headers, body: this })
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#end) return
    if (this.#reader) {
      this.#reader.resolve({ done: false, value: chunk })
      this.#reader = undefined
      return
    }
    this.#chunks.push(chunk)
    this.#waitingBytes += chunk.length
    if (this.#waitingBytes > MAX_WAITING_BYTES) controller.pause()
  }

  onResponseEnd(): void {
    this.#finish({})
  }

  onResponseError(_: unknown, error: Error): void {
    this.#finish({ error })
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const chunk = this.#chunks.shift()
    if (chunk) {
      this.#waitingBytes -= chunk.length
      if (this.#chunks.length === 0 && this.#controller?.paused) this.#controller.resume()
      return Promise.resolve({ done: false, value: chunk })
    }
    if (this.#end) return ended(this.#end)
    this.#reader = deferred()
    return this.#reader.promise
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#chunks.length = 0
    if (!this.#end) this.#breakOff(new Error('Nobody reads the answer any more'))
    this.#end = {}
    return ended(this.#end)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #breakOff(error: Error): void {
    this.#finish({ error })
    this.#controller?.abort(error)
  }

  #finish(end: { readonly error?: unknown }): void {
    if (this.#end) return
    this.#end = 'error' in end ? { error: likeFetch('terminated', end.error, this.#signal) } : end
    this.#signal?.removeEventListener('abort', this.#onAbort)
    if ('error' in end) this.#opened.reject(end.error)
    this.#reader?.resolve(ended(this.#end))
    this.#reader = undefined
  }
}

/** What goes wrong is said as `fetch` says it, which everybody above knows how to read. */
export function likeFetch(message: string, error: unknown, signal: AbortSignal | undefined): unknown {
  return signal?.aborted ? error : new TypeError(message, { cause: error })
}

/** Only a turn of the event loop later can the connection be used again. */
async function ended(end: { readonly error?: unknown }): Promise<IteratorResult<Uint8Array, undefined>> {
  if ('error' in end) throw end.error
  await macrotask()
  return { done: true, value: undefined }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('Broken off', { cause: error })
}
