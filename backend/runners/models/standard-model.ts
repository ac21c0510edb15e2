import { type EngineStatus } from '#shared/entities.ts'
import {
  type Embedded,
  type EmbedRequest,
  type LanguageModel,
  type ModelProfile,
  type ReplyEvent,
  type ReplyRequest,
} from '../../engines/contracts.ts'
import { type RunnerModel } from './runner-model.ts'

/** One of the runners as the model of the settings: it answers where none is named. */
export class StandardModel implements LanguageModel {
  readonly name = 'runner'
  readonly #runners: RunnerModel
  readonly #id: string | undefined

  /** @param id absent: the first that chats. */
  constructor(runners: RunnerModel, id: string | undefined) {
    this.#runners = runners
    this.#id = id
  }

  status(): EngineStatus {
    const { name, ready, detail } = this.#runners.status()
    if (this.#id === undefined) return { name, ready, ...(detail === undefined ? {} : { detail }) }
    const isThere = this.#runners.has(this.#id)
    return {
      name,
      ready: isThere,
      detail: isThere ? this.#id : `there is no runner "${this.#id}" that chats`,
    }
  }

  profile(model?: string): ModelProfile {
    return this.#runners.profile(model ?? this.#id)
  }

  listModels(): Promise<readonly ModelProfile[]> {
    return this.#runners.listModels()
  }

  streamReply(request: ReplyRequest, signal: AbortSignal): AsyncIterable<ReplyEvent> {
    const { model = this.#id } = request.settings
    return this.#runners.streamReply({ ...request, settings: { ...request.settings, model } }, signal)
  }

  embed(request: EmbedRequest, signal: AbortSignal): Promise<Embedded> {
    return this.#runners.embed(request, signal)
  }

  /** The runners are others' to dispose. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve()
  }
}
