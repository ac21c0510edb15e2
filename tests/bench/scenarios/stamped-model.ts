import {
  type LanguageModel,
  type ModelProfile,
  type ReplyEvent,
  type ReplyRequest,
} from '../../../backend/engines/contracts.ts'

/** A model that notes when it gives out one certain delta of each reply. */
export class StampedModel implements LanguageModel {
  readonly name = 'stamped'
  /** When the delta was given out last. */
  stampMs = NaN
  readonly #model: LanguageModel
  readonly #deltaIndex: number

  constructor(model: LanguageModel, deltaIndex: number) {
    this.#model = model
    this.#deltaIndex = deltaIndex
  }

  status() {
    return this.#model.status()
  }

  profile(model?: string): ModelProfile {
    return this.#model.profile(model)
  }

  listModels(signal: AbortSignal): Promise<readonly ModelProfile[]> {
    return this.#model.listModels(signal)
  }

  async *streamReply(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyEvent> {
    let index = 0
    for await (const event of this.#model.streamReply(request, signal)) {
      if (event.type === 'text' && index++ === this.#deltaIndex) this.stampMs = performance.now()
      yield event
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#model[Symbol.asyncDispose]()
  }
}
