import { abortReason } from '../../../lib/abort.ts'
import { Channel } from '../../../lib/channel.ts'

/** What comes of a request to the model, before anybody writes it as JSON. */
export type HostEvent =
  | { readonly type: 'text' | 'reasoning'; readonly text: string }
  | { readonly type: 'tool_call'; readonly name: string; readonly argumentsJson: string }
  | { readonly type: 'finish'; readonly reason: FinishReason; readonly usage: HostUsage }

export type FinishReason = 'stop' | 'length' | 'tool_calls'

export interface HostUsage {
  readonly promptTokens: number
  /** Of those, what had been read before. */
  readonly cachedTokens: number
  readonly completionTokens: number
  readonly reasoningTokens: number
}

export type Emit = (event: HostEvent) => void

/**
 * What `work` emits, as it does. Leaving the loop, or an abort, ends this at once; `work` is told by its signal, and
 * left to find an end.
 * @throws the signal's reason; what `work` throws.
 */
export async function* eventsOf(
  work: (emit: Emit, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): AsyncGenerator<HostEvent, void> {
  const leaving = new AbortController()
  using events = new Channel<HostEvent | { readonly type: 'failed'; readonly error: unknown }>({
    capacity: Infinity,
  })
  const onAbort = (): void => {
    leaving.abort(abortReason(signal))
    events.drop(() => true)
    events.trySend({ type: 'failed', error: abortReason(signal) })
  }
  if (signal.aborted) throw abortReason(signal)
  signal.addEventListener('abort', onAbort, { once: true })
  work((event) => void events.trySend(event), leaving.signal).then(
    () => events.close(),
    (error: unknown) => void events.trySend({ type: 'failed', error }),
  )
  try {
    for await (const event of events) {
      if (event.type === 'failed') throw event.error
      yield event
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    leaving.abort(new Error('Nobody listens any more'))
  }
}
