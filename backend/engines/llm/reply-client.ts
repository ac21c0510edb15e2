import { type ReplyRequest } from '../contracts.ts'
import { type ModelInfo } from './model-info.ts'
import { type ReplyChunk } from './reply-chunk.ts'

/** One way of asking a server for a reply: its chat API, its completion API, Ollama's own. */
export interface ReplyClient {
  /**
   * Opens the stream of one reply. Leaving it closes the connection.
   * @throws what the request threw, for `toLlmError`.
   */
  open(call: ReplyCall, signal: AbortSignal): Promise<OpenReply>
}

export interface ReplyCall {
  /** As the server calls it. */
  readonly model: string
  readonly info: ModelInfo
  readonly request: ReplyRequest
}

export interface OpenReply {
  readonly chunks: AsyncIterable<ReplyChunk>
  /** Stop texts which the server was not told. */
  readonly unsentStops: readonly string[]
}

/** OpenAI takes no more; others do, but do not say how many. */
const MAX_STOPS = 4

/** The stop texts of a request, most important first: those to send, and those to watch for ourselves. */
export function stopsOf(
  { request }: ReplyCall,
  first: readonly string[] = [],
): { sent: readonly string[] | undefined; unsent: readonly string[] } {
  const all = [...new Set([...first, ...(request.settings.stop ?? []), ...(request.stops ?? [])])]
  return { sent: all.length === 0 ? undefined : all.slice(0, MAX_STOPS), unsent: all.slice(MAX_STOPS) }
}

/** Reads a stream's events one by one as they come. */
export async function* mapped<Chunk>(
  events: AsyncIterable<unknown>,
  read: (data: unknown) => Chunk,
): AsyncGenerator<Chunk, void> {
  for await (const data of events) yield read(data)
}
