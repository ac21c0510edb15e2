import { OpenAI } from 'openai'
import { type EngineStatus } from '#shared/entities.ts'
import { AppError } from '../../errors.ts'
import { abortReason } from '../../lib/abort.ts'
import { systemClock, type Clock } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { PcmReader } from '../../lib/pcm.ts'
import { type SpeechChunk, type SpeechRequest, type Synthesizer } from '../contracts.ts'
import { engineLabel, engineTimeout, openAiError } from '../openai-errors.ts'

export interface OpenAiSynthesizerOptions {
  /** Ends before `/audio/speech`, e.g. `http://localhost:8880/v1`. */
  readonly baseUrl: string
  readonly apiKey?: string | undefined
  readonly model: string
  /** How long the server may take to its first sound. */
  readonly firstByteTimeoutMs?: number
  /** How long it may pause in between. */
  readonly stallTimeoutMs?: number
  readonly clock?: Clock
}

/** Any server with OpenAI's `POST /audio/speech` that streams raw PCM. It knows no word times. */
export function createOpenAiSynthesizer(options: OpenAiSynthesizerOptions): Synthesizer {
  return new OpenAiSynthesizer(options)
}

const VOICES = ['alloy', 'ash', 'coral', 'echo', 'fable', 'nova', 'onyx', 'sage', 'shimmer']
const DEFAULT_VOICE = 'alloy'
const FIRST_BYTE_TIMEOUT_MS = 10_000
const STALL_TIMEOUT_MS = 10_000
const PRONOUNCEABLE = /[\p{L}\p{N}]/u
/** Answers that are text, or sound of another kind; played as PCM they would be noise. */
const NOT_PCM = /json|html|xml|text|mpeg|mp3|ogg|opus|flac|aac|wav/i

class OpenAiSynthesizer implements Synthesizer {
  readonly name = 'openai'
  /** Of `response_format: "pcm"`, by definition. */
  readonly sampleRate = 24_000
  readonly voices = VOICES.map((id) => ({ id, label: id }))
  readonly #options: OpenAiSynthesizerOptions
  readonly #label: string
  readonly #client: OpenAI
  readonly #calls = new Set<AbortController>()
  #isClosed = false

  constructor(options: OpenAiSynthesizerOptions) {
    this.#options = options
    this.#label = engineLabel('speech', options.baseUrl)
    this.#client = new OpenAI({
      baseURL: options.baseUrl,
      // The package insists on a key; local servers want none.
      apiKey: options.apiKey === undefined || options.apiKey === '' ? 'none' : options.apiKey,
      organization: null,
      project: null,
      maxRetries: 0,
      // Our own deadlines come first; the package wants one, too.
      timeout: 2 * (options.firstByteTimeoutMs ?? FIRST_BYTE_TIMEOUT_MS),
    })
  }

  status(): EngineStatus {
    return { name: this.name, ready: !this.#isClosed, detail: `${this.#options.model}, ${this.#label}` }
  }

  async *synthesize(request: SpeechRequest, signal: AbortSignal): AsyncGenerator<SpeechChunk> {
    if (signal.aborted) throw abortReason(signal)
    if (this.#isClosed) throw this.#closedError()
    if (!PRONOUNCEABLE.test(request.text)) return
    const call = new AbortController()
    const onAbort = (): void => call.abort()
    signal.addEventListener('abort', onAbort, { once: true })
    this.#calls.add(call)
    try {
      yield* this.#chunks(request, call.signal)
    } catch (error) {
      if (signal.aborted) throw abortReason(signal)
      throw this.#isClosed ? this.#closedError() : openAiError(this.#label, error)
    } finally {
      this.#calls.delete(call)
      signal.removeEventListener('abort', onAbort)
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    for (const call of this.#calls) call.abort()
    return Promise.resolve()
  }

  async *#chunks(request: SpeechRequest, signal: AbortSignal): AsyncGenerator<SpeechChunk> {
    const { firstByteTimeoutMs = FIRST_BYTE_TIMEOUT_MS, stallTimeoutMs = STALL_TIMEOUT_MS } = this.#options
    let hasSound = false
    const reader = new PcmReader()
    const bytes = withDeadline((stop) => this.#bytes(request, stop), {
      clock: this.#options.clock ?? systemClock,
      signal,
      firstMs: firstByteTimeoutMs,
      nextMs: stallTimeoutMs,
      onLate: () => engineTimeout(this.#label, hasSound ? stallTimeoutMs : firstByteTimeoutMs),
    })
    for await (const part of bytes) {
      hasSound = true
      const pcm = reader.push(part)
      if (pcm.length > 0) yield { pcm }
    }
    if (!hasSound) throw this.#failure('sent no sound')
  }

  async *#bytes(request: SpeechRequest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { engine_voice: voice = DEFAULT_VOICE, speed } = request.voice
    const response = await this.#client.audio.speech.create(
      {
        model: this.#options.model,
        input: request.text,
        voice,
        response_format: 'pcm',
        ...(speed === undefined ? {} : { speed }),
      },
      { signal },
    )
    const type = response.headers.get('content-type') ?? ''
    if (NOT_PCM.test(type)) throw this.#failure(`answered with ${type.slice(0, 60)} instead of PCM`)
    const body = response.body?.getReader()
    for (let read = await body?.read(); read && !read.done; read = await body?.read()) yield read.value
  }

  #failure(what: string): AppError {
    return new AppError('engine_failed', `The ${this.#label} ${what}: check its base URL and the model`)
  }

  #closedError(): AppError {
    return new AppError('engine_unavailable', `The ${this.#label} is closed: restart the server`)
  }
}
