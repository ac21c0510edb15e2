import { type EngineStatus } from '#shared/entities.ts'
import {
  type Embedded,
  type EmbedRequest,
  type LanguageModel,
  type ModelProfile,
  type PullProgress,
  type ReplyEvent,
  type ReplyRequest,
} from '../../engines/contracts.ts'
import { AppError } from '../../errors.ts'
import { type Clock } from '../../lib/clock.ts'
import { type RunnerModel } from './runner-model.ts'
import { whileWaiting } from './while-waiting.ts'

export interface SwitchboardOptions {
  /** Whoever answers otherwise. */
  readonly configured: LanguageModel
  readonly runners: RunnerModel
  readonly clock: Clock
}

/** Who asks for a runner by name gets it; everybody else gets the model of the settings. */
export class ModelSwitchboard implements LanguageModel {
  readonly #options: SwitchboardOptions

  constructor(options: SwitchboardOptions) {
    this.#options = options
  }

  get name(): string {
    return this.#options.configured.name
  }

  status(): EngineStatus {
    return this.#options.configured.status()
  }

  profile(model?: string): ModelProfile {
    return this.#modelFor(model).profile(model)
  }

  /** Ours are there even if the server is not. */
  async listModels(signal: AbortSignal): Promise<readonly ModelProfile[]> {
    const { configured, runners } = this.#options
    const own = await runners.listModels()
    const isOwn = ({ id }: ModelProfile): boolean => runners.has(id)
    try {
      const others = await configured.listModels(signal)
      return [...others.filter((profile) => !isOwn(profile)), ...own]
    } catch (error) {
      if (own.length === 0 || signal.aborted) throw error
      return own
    }
  }

  async pullModel(
    name: string,
    onProgress: (progress: PullProgress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { configured } = this.#options
    if (configured.pullModel) return configured.pullModel(name, onProgress, signal)
    throw new AppError('engine_rejected', `"${configured.name}" fetches no models`)
  }

  async embed(request: EmbedRequest, signal: AbortSignal): Promise<Embedded> {
    const model = this.#modelFor(request.model)
    if (model.embed) return model.embed(request, signal)
    throw new AppError('engine_rejected', `"${model.name}" makes no embeddings`)
  }

  streamReply(request: ReplyRequest, signal: AbortSignal): AsyncIterable<ReplyEvent> {
    const model = this.#modelFor(request.settings.model)
    const told = model.streamReply(request, signal)
    return model.name === 'runner' ? whileWaiting(told, this.#options.clock) : told
  }

  /** Both belong to others. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve()
  }

  #modelFor(model: string | undefined): LanguageModel {
    const { configured, runners } = this.#options
    return model !== undefined && runners.has(model) ? runners : configured
  }
}
