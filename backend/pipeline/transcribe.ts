import { type TranscriptEvent, type TranscriptionSession } from '../engines/contracts.ts'
import { AppError } from '../errors.ts'
import { abortable, abortReason } from '../lib/abort.ts'
import { Channel } from '../lib/channel.ts'
import { type Clock } from '../lib/clock.ts'
import { keepsPrefix, NOTHING_STABLE, withPartial } from './stable-prefix.ts'

export type UtteranceTranscript =
  /** The whole text so far; any of it may change. */
  | { readonly type: 'update'; readonly text: string }
  /** The beginning that will not change any more; each one begins with the one before. */
  | { readonly type: 'stabilized'; readonly text: string }
  | {
      readonly type: 'final'
      readonly text: string
      /** Whether the text begins with what was called stable. Engines break that promise rarely. */
      readonly keepsStable: boolean
    }

export interface TranscribeOptions {
  readonly session: TranscriptionSession
  readonly clock: Clock
  /** How long the final text may take once the audio has ended. */
  readonly finalTimeoutMs: number
}

/**
 * What the user says, as it becomes clear.
 * @returns updates and stable beginnings where they are new, then exactly one final text, empty if no words were heard.
 * @throws the signal's reason, if it aborts; AppError `engine_timeout` if the final text is late, or what the engine throws.
 */
export async function* transcribeUtterance(
  options: TranscribeOptions,
  audio: AsyncIterable<Int16Array>,
  signal: AbortSignal,
): AsyncGenerator<UtteranceTranscript, void> {
  using watch = new UtteranceWatch(options, audio, signal)
  const heard = options.session.transcribe(watch.audio, watch.signal)
  let stable = NOTHING_STABLE
  let lastUpdate = ''
  for await (const { type, text } of untilAborted(heard, watch.signal)) {
    if (type === 'final') {
      yield { type: 'final', text, keepsStable: keepsPrefix(stable, text) }
      return
    }
    if (text === lastUpdate) continue
    lastUpdate = text
    yield { type: 'update', text }
    const next = withPartial(stable, text)
    if (next.words.length > stable.words.length) yield { type: 'stabilized', text: next.words.join(' ') }
    stable = next
  }
  throw new AppError('engine_failed', 'The speech recogniser ended without a final text; say it again')
}

/** Hands the audio on to the engine, and aborts when the caller does or when the final text is late. */
class UtteranceWatch implements Disposable {
  /** Bounded by the longest utterance. The end of speech is noticed even if the engine does not read on. */
  readonly audio = new Channel<Int16Array>({ capacity: Infinity })
  readonly #controller = new AbortController()
  readonly #options: TranscribeOptions
  readonly #caller: AbortSignal
  readonly #onAbort = (): void => this.#controller.abort(abortReason(this.#caller))
  #cancelTimer: (() => void) | undefined
  #isOver = false

  constructor(options: TranscribeOptions, audio: AsyncIterable<Int16Array>, caller: AbortSignal) {
    this.#options = options
    this.#caller = caller
    caller.addEventListener('abort', this.#onAbort, { once: true })
    if (caller.aborted) this.#onAbort()
    this.#follow(audio).catch((error: unknown) => this.#controller.abort(error))
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  async #follow(audio: AsyncIterable<Int16Array>): Promise<void> {
    for await (const pcm of audio) {
      if (this.#isOver) return
      this.audio.trySend(pcm)
    }
    this.audio.close()
    if (!this.#isOver) this.#expectFinal()
  }

  #expectFinal(): void {
    const { clock, finalTimeoutMs } = this.#options
    this.#cancelTimer = clock.after(finalTimeoutMs, () => {
      const message = `The speech recogniser gave no text ${finalTimeoutMs / 1000} s after the end of speech; say it again`
      this.#controller.abort(new AppError('engine_timeout', message))
    })
  }

  [Symbol.dispose](): void {
    this.#isOver = true
    this.audio.close()
    this.#cancelTimer?.()
    this.#caller.removeEventListener('abort', this.#onAbort)
  }
}

/** The items until the signal aborts; then it throws at once, whatever the source does. */
async function* untilAborted(
  source: AsyncIterable<TranscriptEvent>,
  signal: AbortSignal,
): AsyncGenerator<TranscriptEvent, void> {
  const iterator = source[Symbol.asyncIterator]()
  try {
    while (true) {
      const result = await abortable(iterator.next(), signal)
      if (result.done) return
      yield result.value
    }
  } finally {
    // It is told to stop and not waited for.
    iterator.return?.().catch(() => {})
  }
}
