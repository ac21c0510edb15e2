import { ReplyReader, type ReplyPart } from './reply-reader.ts'
import { type OpenReply } from './reply-client.ts'
import { type FinishReason, type Usage } from './reply-chunk.ts'
import { type Watchdog } from './watchdog.ts'

export interface ReplyStreamOptions {
  /** How sentences name the engine. */
  readonly label: string
  readonly patience: Patience
  readonly startsThinking?: boolean | undefined
  readonly random: () => number
}

/** How long to wait, in milliseconds. */
export interface Patience {
  /** For anything at all to come. */
  readonly firstTokenMs: number
  /** Between thoughts, as long as nothing has been said. */
  readonly thoughtMs: number
  /** Between tokens. */
  readonly tokenMs: number
}

export interface ReplyEnd {
  readonly reason: FinishReason
  readonly usage: Usage
}

/** How long the token count may come after the end of the reply. */
const USAGE_GRACE_MS = 100

/**
 * Reads one reply from a server, whatever its dialect, and aborts `call` when a token is late. Leaving it closes the
 * connection.
 * @throws LlmError if the stream ends before the model has said that it is done.
 */
export async function* readReply(
  open: (signal: AbortSignal) => Promise<OpenReply>,
  call: Watchdog,
  options: ReplyStreamOptions,
): AsyncGenerator<ReplyPart, ReplyEnd> {
  const { label, patience, startsThinking, random } = options
  call.expect(patience.firstTokenMs)
  const { chunks, unsentStops } = await open(call.signal)
  const reader = new ReplyReader({ label, stops: unsentStops, startsThinking, random })
  try {
    for await (const chunk of chunks) {
      call.signal.throwIfAborted()
      const parts = reader.read(chunk)
      if (parts.length > 0 || chunk.toolPieces.length > 0) {
        call.rest()
        yield* parts
        call.expect(reader.hasText ? patience.tokenMs : patience.thoughtMs)
      }
      if (reader.isFull) break
      if (reader.isFinished) call.expect(USAGE_GRACE_MS)
    }
  } catch (error) {
    if (!reader.isFinished) throw error
  }
  call.rest()
  // An aborted stream of the package ends as if it were complete.
  const isGraceOver = reader.isFinished && call.expiredAfterMs !== undefined
  if (!isGraceOver) call.signal.throwIfAborted()
  const { parts, reason } = reader.end()
  yield* parts
  return { reason, usage: reader.usage }
}
