import { type EngineStatus } from '#shared/entities.ts'
import {
  type EngineVoice,
  type SpeechChunk,
  type SpeechRequest,
  type Synthesizer,
} from '../../engines/contracts.ts'
import { LinkedSignal } from '../../engines/stt/linked-signal.ts'
import { createOpenAiSynthesizer, type OpenAiSynthesizerOptions } from '../../engines/tts/openai.ts'
import { voiceNamed } from '../../engines/tts/voice-list.ts'
import { AppError } from '../../errors.ts'
import { type RunnerLease, type RunnerService } from '../contract.ts'
import { runnerOf, runnersFor } from './runner-of.ts'

export interface RunnerSynthesizerOptions extends Omit<
  OpenAiSynthesizerOptions,
  'baseUrl' | 'apiKey' | 'model' | 'fetch'
> {
  readonly service: Pick<RunnerService, 'find' | 'lease' | 'overview'>
  /** Absent: the first that speaks. */
  readonly runner: string | undefined
}

const SAMPLE_RATE = 24_000

/** Voices of a runner. */
export class RunnerSynthesizer implements Synthesizer {
  readonly name = 'runner'
  readonly sampleRate: number
  readonly canClone: boolean
  readonly honours = ['speed', 'style'] as const
  readonly #options: RunnerSynthesizerOptions
  readonly #closing = new AbortController()
  #voices: readonly EngineVoice[]
  #client: { readonly key: string; readonly synthesizer: Synthesizer } | undefined

  constructor(options: RunnerSynthesizerOptions) {
    this.#options = options
    this.sampleRate = options.sampleRate ?? SAMPLE_RATE
    this.canClone = options.clone !== undefined
    this.#voices = (options.voices ?? []).map(voiceNamed)
  }

  get voices(): readonly EngineVoice[] {
    return this.#voices
  }

  status(): EngineStatus {
    const { service, runner } = this.#options
    const found = runner === undefined ? runnersFor(service, 'speech')[0] : service.find(runner)
    const detail = found ? `${found.id}: ${found.state}` : 'no runner that speaks is in the runners file'
    return { name: this.name, ready: found !== undefined && !this.#closing.signal.aborted, detail }
  }

  /** It is not started for that: as long as it does not run, what is known is told. */
  async listVoices(signal: AbortSignal): Promise<readonly EngineVoice[]> {
    signal.throwIfAborted()
    const { service, runner } = this.#options
    const found = runner === undefined ? runnersFor(service, 'speech')[0] : service.find(runner)
    if (found?.state !== 'ready') return this.#voices
    using lease = await service.lease(found.id, signal)
    this.#voices = await this.#at(lease).listVoices(signal)
    return this.#voices
  }

  async *synthesize(request: SpeechRequest, signal: AbortSignal): AsyncGenerator<SpeechChunk, void> {
    const { service, runner } = this.#options
    using stop = new LinkedSignal(signal, this.#closing.signal)
    using lease = await service.lease(runnerOf(service, runner, 'speech').id, stop.signal)
    let hasEnded = false
    try {
      yield* this.#at(lease).synthesize(request, stop.signal)
      hasEnded = true
    } finally {
      if (!hasEnded) lease.cancelled()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new AppError('engine_unavailable', 'The voices are closed'))
    await this.#client?.synthesizer[Symbol.asyncDispose]()
  }

  #at({ baseUrl, apiKey, model, fetch }: RunnerLease): Synthesizer {
    const key = JSON.stringify([baseUrl, apiKey])
    if (this.#client?.key === key) return this.#client.synthesizer
    const synthesizer = createOpenAiSynthesizer({ ...this.#options, baseUrl, apiKey, model, fetch })
    this.#client = { key, synthesizer }
    return synthesizer
  }
}
