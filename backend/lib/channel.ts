import { abortable, abortReason } from './abort.ts'
import { deferred, type Deferred } from './deferred.ts'

/**
 * A bounded first-in, first-out queue between one or more senders and one long-lived consumer.
 *
 * - `send` waits while the channel is full: that is the backpressure.
 * - `for await` ends when the channel is closed and empty.
 * - `drop` takes items out from the middle, in the same tick.
 * - The scope that made it closes it (`Symbol.dispose`).
 */
export class Channel<Item extends object> implements Disposable, AsyncIterable<Item> {
  readonly #capacity: number
  readonly #items: Item[] = []
  readonly #senders: { item: Item; done: Deferred<void>; stopListening: () => void }[] = []
  #receiver: Deferred<IteratorResult<Item, undefined>> | undefined
  #idle: Deferred<void> | undefined
  #isClosed = false

  /** @param options.capacity how many items may wait; a positive integer, or `Infinity`. */
  constructor(options: { capacity: number }) {
    if (!(options.capacity >= 1)) {
      throw new RangeError(`Cannot create channel: capacity must be at least 1, received ${options.capacity}`)
    }
    this.#capacity = options.capacity
  }

  /** Items waiting, senders that wait for room included. */
  get size(): number {
    return this.#items.length + this.#senders.length
  }

  /**
   * Resolves when the item is in the channel or in the consumer's hands.
   * @throws the signal's reason, if it aborts before that; the item is then not sent.
   * @throws Error if the channel is or becomes closed.
   */
  send(item: Item, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(abortReason(signal))
    if (this.#isClosed) return Promise.reject(closedError())
    if (this.trySend(item)) return Promise.resolve()
    return this.#waitForRoom(item, signal)
  }

  /** Puts the item in if there is room now. */
  trySend(item: Item): boolean {
    if (this.#isClosed) return false
    if (this.#receiver) {
      const receiver = this.#receiver
      this.#receiver = undefined
      receiver.resolve({ done: false, value: item })
      return true
    }
    if (this.#items.length >= this.#capacity || this.#senders.length > 0) return false
    this.#items.push(item)
    return true
  }

  /**
   * Resolves when the consumer has dealt with everything and waits for more.
   * @throws the signal's reason, if it aborts before that.
   */
  idle(signal: AbortSignal): Promise<void> {
    if (this.#receiver) return Promise.resolve()
    this.#idle ??= deferred()
    return abortable(this.#idle.promise, signal)
  }

  /** Takes out every waiting item that matches, those of waiting senders too (their `send` resolves). */
  drop(matches: (item: Item) => boolean): Item[] {
    const dropped = takeOut(this.#items, matches)
    for (const sender of takeOut(this.#senders, (waiting) => matches(waiting.item))) {
      dropped.push(sender.item)
      settle(sender)
    }
    this.#admitSenders()
    return dropped
  }

  /** Ends the channel: what waits is still delivered, senders that wait for room are refused. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#receiver?.resolve({ done: true, value: undefined })
    this.#receiver = undefined
    for (const sender of this.#senders.splice(0)) {
      sender.stopListening()
      sender.done.reject(closedError())
    }
  }

  [Symbol.dispose](): void {
    this.close()
  }

  [Symbol.asyncIterator](): AsyncIterator<Item, undefined> {
    return { next: () => this.#receive() }
  }

  #receive(): Promise<IteratorResult<Item, undefined>> {
    const [first] = this.#items.splice(0, 1)
    if (first !== undefined) {
      this.#admitSenders()
      return Promise.resolve({ done: false, value: first })
    }
    if (this.#isClosed) return Promise.resolve({ done: true, value: undefined })
    if (this.#receiver) throw new Error('Cannot receive: the channel already has a waiting consumer')
    this.#receiver = deferred()
    this.#idle?.resolve()
    this.#idle = undefined
    return this.#receiver.promise
  }

  #waitForRoom(item: Item, signal: AbortSignal): Promise<void> {
    const done = deferred()
    const onAbort = (): void => {
      takeOut(this.#senders, (waiting) => waiting === sender)
      done.reject(abortReason(signal))
    }
    const sender = { item, done, stopListening: () => signal.removeEventListener('abort', onAbort) }
    signal.addEventListener('abort', onAbort, { once: true })
    this.#senders.push(sender)
    return done.promise
  }

  #admitSenders(): void {
    while (this.#items.length < this.#capacity) {
      const sender = this.#senders.shift()
      if (!sender) return
      this.#items.push(sender.item)
      settle(sender)
    }
  }
}

function settle(sender: { done: Deferred<void>; stopListening: () => void }): void {
  sender.stopListening()
  sender.done.resolve()
}

function takeOut<Element>(list: Element[], matches: (element: Element) => boolean): Element[] {
  const taken: Element[] = []
  const kept: Element[] = []
  for (const element of list) (matches(element) ? taken : kept).push(element)
  list.length = 0
  for (const element of kept) list.push(element)
  return taken
}

function closedError(): Error {
  return new Error('Cannot send: the channel is closed')
}
