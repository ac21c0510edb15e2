import { OpenAI, toFile } from 'openai'
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { abortReason } from '../../lib/abort.ts'
import { type Clock } from '../../lib/clock.ts'
import { boundedFetch } from '../llm/bounded-fetch.ts'
import { type FileTranscript, type RecordingFile } from '../contracts.ts'
import { engineLabel, engineTimeout, openAiError } from '../openai-errors.ts'
import { fileTranscriptOf, postFile } from './file-transcript.ts'

export interface TranscriptionServer {
  /** Ends before `/audio/transcriptions`, e.g. `http://localhost:8000/v1`. */
  readonly baseUrl: string
  readonly apiKey?: string | undefined
  readonly model: string
  /** Reaches it where an address alone does not. */
  readonly fetch?: typeof fetch | undefined
  /** How long the server may take to its whole answer. */
  readonly timeoutMs: number
  readonly clock: Clock
}

/** A file may hold an hour. */
const FILE_TIMEOUT_MS = 900_000

const Answer = z.object({ text: z.string().max(100_000) })

/** Requests to one server. Each has its own connection deadline, and none outlives `close`. */
export class TranscriptionRequests {
  readonly #server: TranscriptionServer
  readonly #client: OpenAI
  readonly #calls = new Set<AbortController>()
  #isClosed = false

  constructor(server: TranscriptionServer) {
    this.#server = server
    this.#client = new OpenAI({
      baseURL: server.baseUrl,
      // The package insists on a key; local servers want none.
      apiKey: server.apiKey || 'none',
      // Not from OPENAI_… variables that were set for something else.
      organization: null,
      project: null,
      logLevel: 'off',
      maxRetries: 0,
      // Our own deadline comes first; the package wants one, too.
      timeout: 2 * Math.max(server.timeoutMs, FILE_TIMEOUT_MS),
      fetch: boundedFetch(this.label, server.fetch),
    })
  }

  get label(): string {
    return engineLabel('transcription', this.#server.baseUrl)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /**
   * The words in a WAV file.
   * @throws the signal's reason, if it aborts: the connection is then closed; AppError as `openAiError` maps it.
   */
  async textOf(wav: Uint8Array, signal: AbortSignal): Promise<string> {
    return this.#within(this.#server.timeoutMs, (stop) => this.#post(wav, stop), signal)
  }

  /** A whole file, as it is. @throws as `textOf` does. */
  async fileTranscript(file: RecordingFile, signal: AbortSignal): Promise<FileTranscript> {
    const { model } = this.#server
    const timeoutMs = Math.max(this.#server.timeoutMs, FILE_TIMEOUT_MS)
    const post = (stop: AbortSignal): Promise<unknown> => postFile(this.#client, { file, model }, stop)
    const answer = await this.#within(timeoutMs, post, signal)
    const transcript = fileTranscriptOf(answer)
    if (transcript) return transcript
    throw this.#noTranscript()
  }

  async #within<Answer>(
    timeoutMs: number,
    ask: (signal: AbortSignal) => Promise<Answer>,
    signal: AbortSignal,
  ): Promise<Answer> {
    if (signal.aborted) throw abortReason(signal)
    if (this.#isClosed) throw this.#closedError()
    const call = new AbortController()
    const onAbort = (): void => call.abort()
    let isLate = false
    const cancelTimer = this.#server.clock.after(timeoutMs, () => {
      isLate = true
      call.abort()
    })
    signal.addEventListener('abort', onAbort, { once: true })
    this.#calls.add(call)
    try {
      return await ask(call.signal)
    } catch (error) {
      if (signal.aborted) throw abortReason(signal)
      if (isLate) throw engineTimeout(this.label, timeoutMs)
      throw this.#isClosed ? this.#closedError() : openAiError(this.label, error)
    } finally {
      cancelTimer()
      this.#calls.delete(call)
      signal.removeEventListener('abort', onAbort)
    }
  }

  close(): void {
    this.#isClosed = true
    for (const call of this.#calls) call.abort()
  }

  async #post(wav: Uint8Array, signal: AbortSignal): Promise<string> {
    const file = await toFile(wav, 'utterance.wav', { type: 'audio/wav' })
    const answer: unknown = await this.#client.audio.transcriptions.create(
      { file, model: this.#server.model, response_format: 'json' },
      { signal },
    )
    const parsed = Answer.safeParse(answer)
    if (parsed.success) return parsed.data.text.replaceAll(/\s+/gu, ' ').trim()
    throw this.#noTranscript()
  }

  #noTranscript(): AppError {
    const hint = 'check that its base URL ends in /v1'
    return new AppError('engine_failed', `The ${this.label} did not answer with a transcript: ${hint}`)
  }

  #closedError(): AppError {
    return new AppError('engine_unavailable', `The ${this.label} is closed: restart the server`)
  }
}
