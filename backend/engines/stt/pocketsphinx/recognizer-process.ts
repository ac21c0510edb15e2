import { type ChildProcess } from 'node:child_process'
import { AppError } from '../../../errors.ts'
import { abortReason } from '../../../lib/abort.ts'
import { Channel } from '../../../lib/channel.ts'
import { type Clock } from '../../../lib/clock.ts'
import { deferred } from '../../../lib/deferred.ts'
import { type TranscriptEvent } from '../../contracts.ts'
import { type FromRecognizer, type ToRecognizer } from './messages.ts'

/** Loading the model takes half a second, and on a machine with other things to do much longer. */
const START_DEADLINE_MS = 60_000
/** A child that does not even notice a cancelled utterance for this long is wedged. */
const CANCEL_DEADLINE_MS = 10_000

interface CurrentUtterance {
  readonly utterance: number
  readonly events: Channel<TranscriptEvent | { readonly type: 'failed'; readonly error: Error }>
}

/** One child process with one decoder. When the child has died, `isAlive` is false and a new one must be taken. */
export class RecognizerProcess implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #clock: Clock
  readonly #exited = deferred()
  #brokenReason: string | undefined
  #isReady = false
  #isAlive = true
  #lastUtterance = 0
  #lastCancelled = 0
  #lastUsedMs: number
  #current: CurrentUtterance | undefined
  #stopTimer: () => void

  constructor(child: ChildProcess, clock: Clock) {
    this.#child = child
    this.#clock = clock
    this.#lastUsedMs = clock.nowMs()
    this.#stopTimer = clock.after(START_DEADLINE_MS, () => this.#kill())
    child
      .on('message', (message: FromRecognizer) => this.#hear(message))
      .on('error', (error) => this.#end(error.message))
      .on('exit', (code, signal) => this.#end(signal ?? `code ${code}`))
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  get isBusy(): boolean {
    return this.#current !== undefined
  }

  get lastUsedMs(): number {
    return this.#lastUsedMs
  }

  /** Why the child could not load its decoder, if it could not. */
  get brokenReason(): string | undefined {
    return this.#brokenReason
  }

  /** Resolves when the child is gone. */
  get exited(): Promise<void> {
    return this.#exited.promise
  }

  /**
   * Transcribes one utterance; call it again only when the one before has ended.
   * @throws AppError `engine_failed` if the child dies, `engine_unavailable` if it cannot load its decoder.
   */
  async *transcribe(
    audio: AsyncIterable<Int16Array>,
    signal: AbortSignal,
  ): AsyncGenerator<TranscriptEvent, void> {
    this.#lastUtterance += 1
    const current: CurrentUtterance = {
      utterance: this.#lastUtterance,
      events: new Channel({ capacity: Infinity }),
    }
    const fail = (error: Error): void => void current.events.trySend({ type: 'failed', error })
    const onAbort = (): void => fail(abortReason(signal))
    signal.addEventListener('abort', onAbort, { once: true })
    this.#current = current
    if (!this.#isAlive) fail(this.#death('it had ended'))
    if (signal.aborted) onAbort()
    this.#feed(audio, current).catch(fail)
    try {
      yield* resultsOf(current, signal)
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#leave(current)
    }
  }

  /** Ends the child; an utterance in its hands fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#kill()
    await this.#exited.promise
  }

  async #feed(audio: AsyncIterable<Int16Array>, current: CurrentUtterance): Promise<void> {
    const { utterance } = current
    await this.#send({ type: 'start', utterance })
    for await (const pcm of audio) {
      if (this.#current !== current) return
      // A copy: the channel would carry the whole buffer that the chunk is a view of.
      await this.#send({ type: 'audio', utterance, pcm: pcm.slice() })
    }
    if (this.#current === current) await this.#send({ type: 'end', utterance })
  }

  /** Resolves when the child's pipe has room. That it is closed is heard by its `exit`. */
  #send(message: ToRecognizer): Promise<void> {
    return new Promise((resolve) => {
      if (this.#child.connected) this.#child.send(message, () => resolve())
      else resolve()
    })
  }

  #leave(current: CurrentUtterance): void {
    current.events.close()
    if (this.#current !== current) return
    // Still ours, so its final text has not come.
    this.#current = undefined
    if (!this.#isAlive) return
    if (this.#isReady) this.#expectCancelled(current.utterance)
    void this.#send({ type: 'cancel', utterance: current.utterance })
  }

  #expectCancelled(utterance: number): void {
    this.#lastCancelled = utterance
    this.#stopTimer()
    this.#stopTimer = this.#clock.after(CANCEL_DEADLINE_MS, () => this.#kill())
  }

  #hear(message: FromRecognizer): void {
    this.#lastUsedMs = this.#clock.nowMs()
    switch (message.type) {
      case 'ready':
        this.#isReady = true
        this.#stopTimer()
        break
      case 'broken':
        this.#brokenReason = message.reason
        break
      case 'cancelled':
        if (message.utterance === this.#lastCancelled) this.#stopTimer()
        break
      case 'partial':
      case 'final':
        this.#deliver(message.utterance, { type: message.type, text: message.text })
    }
  }

  #deliver(utterance: number, event: TranscriptEvent): void {
    const current = this.#current
    if (!current || current.utterance !== utterance) return
    current.events.trySend(event)
    if (event.type === 'final') this.#current = undefined
  }

  #kill(): void {
    if (this.#isAlive) this.#child.kill('SIGKILL')
  }

  #end(how: string): void {
    if (!this.#isAlive) return
    this.#isAlive = false
    this.#stopTimer()
    this.#current?.events.trySend({ type: 'failed', error: this.#death(how) })
    this.#exited.resolve()
  }

  #death(how: string): AppError {
    if (this.#isReady) {
      return new AppError(
        'engine_failed',
        `Cannot transcribe: the speech recogniser ended (${how}); say it again`,
      )
    }
    const reason = this.#brokenReason ?? `it ended (${how})`
    return new AppError('engine_unavailable', `Cannot start the speech recogniser: ${reason}`)
  }
}

async function* resultsOf(
  { events }: CurrentUtterance,
  signal: AbortSignal,
): AsyncGenerator<TranscriptEvent, void> {
  for await (const event of events) {
    if (event.type === 'failed') throw event.error
    if (signal.aborted) throw abortReason(signal)
    yield event
    if (event.type === 'final') return
  }
}
