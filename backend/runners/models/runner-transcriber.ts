import { type EngineStatus } from '#shared/entities.ts'
import { type Transcriber, type TranscriptionSession } from '../../engines/contracts.ts'
import { LinkedSignal } from '../../engines/stt/linked-signal.ts'
import { OpenAiSession } from '../../engines/stt/openai-session.ts'
import { TranscriptionRequests } from '../../engines/stt/transcription-request.ts'
import { AppError } from '../../errors.ts'
import { type Clock } from '../../lib/clock.ts'
import { type RunnerService } from '../contract.ts'
import { runnerOf, runnersFor } from './runner-of.ts'

export interface RunnerTranscriberOptions {
  readonly service: Pick<RunnerService, 'find' | 'lease' | 'overview'>
  /** Absent: the first that transcribes. */
  readonly runner: string | undefined
  readonly clock: Clock
  readonly timeoutMs: number
}

/** Speech to text by a runner. It is started when somebody begins to speak, not when they have ended. */
export class RunnerTranscriber implements Transcriber {
  readonly name = 'runner'
  readonly #options: RunnerTranscriberOptions
  readonly #closing = new AbortController()

  constructor(options: RunnerTranscriberOptions) {
    this.#options = options
  }

  status(): EngineStatus {
    const { service, runner } = this.#options
    const found = runner === undefined ? runnersFor(service, 'transcription')[0] : service.find(runner)
    const detail = found ? `${found.id}: ${found.state}` : 'no runner that transcribes is in the runners file'
    return { name: this.name, ready: found !== undefined && !this.#closing.signal.aborted, detail }
  }

  openSession(): TranscriptionSession {
    const session = new OpenAiSession({ requests: this, partialSamples: Infinity })
    return {
      transcribe: (audio, signal) => {
        // That it fails is told when its words are asked for.
        this.#warm(signal).catch(() => {})
        return session.transcribe(audio, signal)
      },
      [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    }
  }

  /** The words in a WAV file. @throws AppError `engine_…`; the signal's reason. */
  async textOf(wav: Uint8Array, signal: AbortSignal): Promise<string> {
    const { service, clock, timeoutMs } = this.#options
    using stop = new LinkedSignal(signal, this.#closing.signal)
    using lease = await service.lease(this.#id, stop.signal)
    const { baseUrl, apiKey, model, fetch } = lease
    try {
      const requests = new TranscriptionRequests({ baseUrl, apiKey, model, fetch, clock, timeoutMs })
      return await requests.textOf(wav, stop.signal)
    } catch (error) {
      lease.cancelled()
      throw error
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new AppError('engine_unavailable', 'The recogniser is closed'))
    return Promise.resolve()
  }

  get #id(): string {
    return runnerOf(this.#options.service, this.#options.runner, 'transcription').id
  }

  async #warm(signal: AbortSignal): Promise<void> {
    using stop = new LinkedSignal(signal, this.#closing.signal)
    using _lease = await this.#options.service.lease(this.#id, stop.signal)
  }
}
