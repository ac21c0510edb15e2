import { OpenAI } from 'openai'
import { type EngineStatus } from '#shared/entities.ts'
import { AppError } from '../../errors.ts'
import { abortReason } from '../../lib/abort.ts'
import { systemClock, type Clock } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { PcmReader } from '../../lib/pcm.ts'
import { type EngineVoice, type SpeechChunk, type SpeechRequest, type Synthesizer } from '../contracts.ts'
import { engineLabel, engineTimeout, openAiError } from '../openai-errors.ts'
import {
  type CloneFields,
  type ReadMedia,
  Recordings,
  speechBody,
  type SpeechBodyOptions,
} from './speech-body.ts'
import { voiceNamed, voicesIn } from './voice-list.ts'

export interface OpenAiSynthesizerOptions {
  /** Ends before `/audio/speech`, e.g. `http://localhost:8880/v1`. */
  readonly baseUrl: string
  readonly apiKey?: string | undefined
  readonly model: string
  /** Reaches it where an address alone does not. */
  readonly fetch?: typeof fetch | undefined
  /** Of the raw PCM it sends; 24 kHz by OpenAI's definition. */
  readonly sampleRate?: number | undefined
  /** Its voices, where it cannot be asked for them. */
  readonly voices?: readonly string[] | undefined
  readonly clone?: CloneFields | undefined
  readonly language?: SpeechBodyOptions['language']
  readonly extra?: SpeechBodyOptions['extra']
  /** Recordings that voices are to sound like. */
  readonly readMedia?: ReadMedia | undefined
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

/** Of OpenAI's own models; most other servers have voices by these names too, or take them for their own. */
const VOICES = ['alloy', 'ash', 'coral', 'echo', 'fable', 'nova', 'onyx', 'sage', 'shimmer']
const PCM_SAMPLE_RATE = 24_000
const FIRST_BYTE_TIMEOUT_MS = 10_000
const STALL_TIMEOUT_MS = 10_000
const LIST_TIMEOUT_MS = 8_000
const PRONOUNCEABLE = /[\p{L}\p{N}]/u
/** Answers that are text, or sound of another kind; played as PCM they would be noise. */
const NOT_PCM = /json|html|xml|text|mpeg|mp3|ogg|opus|flac|aac|wav/i

class OpenAiSynthesizer implements Synthesizer {
  readonly name = 'openai'
  readonly sampleRate: number
  readonly canClone: boolean
  readonly honours = ['speed', 'style'] as const
  #voices: readonly EngineVoice[]
  readonly #recordings: Recordings
  readonly #options: OpenAiSynthesizerOptions
  readonly #label: string
  readonly #client: OpenAI
  readonly #calls = new Set<AbortController>()
  #isClosed = false

  constructor(options: OpenAiSynthesizerOptions) {
    this.#options = options
    this.sampleRate = options.sampleRate ?? PCM_SAMPLE_RATE
    this.canClone = options.clone !== undefined
    this.#voices = (options.voices?.length ? options.voices : VOICES).map(voiceNamed)
    this.#recordings = new Recordings(options.readMedia)
    this.#label = engineLabel('speech', options.baseUrl)
    this.#client = new OpenAI({
      baseURL: options.baseUrl,
      // The package insists on a key; local servers want none.
      apiKey: options.apiKey === undefined || options.apiKey === '' ? 'none' : options.apiKey,
      organization: null,
      project: null,
      maxRetries: 0,
      ...(options.fetch ? { fetch: options.fetch } : {}),
      // Our own deadlines come first; the package wants one, too.
      timeout: 2 * (options.firstByteTimeoutMs ?? FIRST_BYTE_TIMEOUT_MS),
    })
  }

  get voices(): readonly EngineVoice[] {
    return this.#voices
  }

  async listVoices(signal: AbortSignal): Promise<readonly EngineVoice[]> {
    if (signal.aborted) throw abortReason(signal)
    if (this.#isClosed) throw this.#closedError()
    // What the settings say is not asked for.
    if (this.#options.voices?.length) return this.#voices
    const call = this.#begin(signal)
    try {
      const answer: unknown = await this.#client.get('/audio/voices', {
        signal: call.signal,
        timeout: LIST_TIMEOUT_MS,
      })
      const listed = voicesIn(answer) ?? []
      if (listed.length > 0) this.#voices = listed
    } catch (error) {
      if (signal.aborted) throw abortReason(signal)
      if (this.#isClosed) throw this.#closedError()
      const refusal = openAiError(this.#label, error)
      // Most servers cannot be asked, which is no fault of theirs.
      if (refusal.code === 'engine_unavailable' || refusal.code === 'engine_timeout') throw refusal
    } finally {
      call.end()
    }
    return this.#voices
  }

  status(): EngineStatus {
    return { name: this.name, ready: !this.#isClosed, detail: `${this.#options.model}, ${this.#label}` }
  }

  async *synthesize(request: SpeechRequest, signal: AbortSignal): AsyncGenerator<SpeechChunk> {
    if (signal.aborted) throw abortReason(signal)
    if (this.#isClosed) throw this.#closedError()
    if (!PRONOUNCEABLE.test(request.text)) return
    const call = this.#begin(signal)
    try {
      yield* this.#chunks(request, call.signal)
    } catch (error) {
      if (signal.aborted) throw abortReason(signal)
      throw this.#isClosed ? this.#closedError() : openAiError(this.#label, error)
    } finally {
      call.end()
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    for (const call of this.#calls) call.abort()
    return Promise.resolve()
  }

  /** A call that ends with the signal, or with the engine. */
  #begin(signal: AbortSignal): { readonly signal: AbortSignal; end(): void } {
    const call = new AbortController()
    const onAbort = (): void => call.abort()
    signal.addEventListener('abort', onAbort, { once: true })
    this.#calls.add(call)
    return {
      signal: call.signal,
      end: () => {
        this.#calls.delete(call)
        signal.removeEventListener('abort', onAbort)
      },
    }
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
    const defaultVoice = this.#voices[0]?.id ?? ''
    const body = await speechBody(
      request,
      { ...this.#options, defaultVoice, recordings: this.#recordings },
      signal,
    )
    const response = await this.#client.post<Response>('/audio/speech', {
      body,
      headers: { accept: 'application/octet-stream' },
      __binaryResponse: true,
      signal,
    })
    const type = response.headers.get('content-type') ?? ''
    if (NOT_PCM.test(type)) throw this.#failure(`answered with ${type.slice(0, 60)} instead of PCM`)
    const sound = response.body?.getReader()
    for (let read = await sound?.read(); read && !read.done; read = await sound?.read()) yield read.value
  }

  #failure(what: string): AppError {
    return new AppError('engine_failed', `The ${this.#label} ${what}: check its base URL and the model`)
  }

  #closedError(): AppError {
    return new AppError('engine_unavailable', `The ${this.#label} is closed: restart the server`)
  }
}
