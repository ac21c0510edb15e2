import { type EngineStatus } from '#shared/entities.ts'
import { AppError } from '../../errors.ts'
import {
  type Embedded,
  type EmbedRequest,
  type LanguageModel,
  type ModelProfile,
  type PullProgress,
  type ReplyEvent,
  type ReplyRequest,
} from '../contracts.ts'

interface Slot {
  readonly model: LanguageModel
  replies: number
  isRetired: boolean
}

/**
 * A model that can be replaced while the server runs. Replies that have begun are finished by the model that began
 * them; it is let go when the last of them has ended.
 */
export class SwitchableModel implements LanguageModel {
  #current: Slot
  readonly #retired = new Set<Slot>()

  constructor(model: LanguageModel) {
    this.#current = slotOf(model)
  }

  get name(): string {
    return this.#current.model.name
  }

  /** From now on `model` answers. It belongs to this one, which disposes it. */
  replace(model: LanguageModel): void {
    const old = this.#current
    this.#current = slotOf(model)
    old.isRetired = true
    this.#retired.add(old)
    this.#letGo(old)
  }

  status(): EngineStatus {
    return this.#current.model.status()
  }

  profile(model?: string): ModelProfile {
    return this.#current.model.profile(model)
  }

  listModels(signal: AbortSignal): Promise<readonly ModelProfile[]> {
    return this.#current.model.listModels(signal)
  }

  embeddingModels(): readonly string[] {
    return this.#current.model.embeddingModels?.() ?? []
  }

  async pullModel(
    name: string,
    onProgress: (progress: PullProgress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { model } = this.#current
    if (!model.pullModel) {
      throw new AppError(
        'engine_rejected',
        `"${model.name}" fetches no models; set llm_base_url to an Ollama server`,
      )
    }
    await this.#busy(async (slot) => slot.model.pullModel?.(name, onProgress, signal))
  }

  async embed(request: EmbedRequest, signal: AbortSignal): Promise<Embedded> {
    return this.#busy(({ model }) => {
      if (model.embed) return model.embed(request, signal)
      throw new AppError(
        'engine_rejected',
        `"${model.name}" makes no embeddings; set llm_base_url to a server that has a model for them`,
      )
    })
  }

  async *streamReply(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyEvent, void> {
    const slot = this.#current
    slot.replies += 1
    try {
      yield* slot.model.streamReply(request, signal)
    } finally {
      slot.replies -= 1
      this.#letGo(slot)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const slots = [this.#current, ...this.#retired]
    this.#retired.clear()
    await Promise.all(slots.map(({ model }) => model[Symbol.asyncDispose]()))
  }

  async #busy<Result>(work: (slot: Slot) => Promise<Result>): Promise<Result> {
    const slot = this.#current
    slot.replies += 1
    try {
      return await work(slot)
    } finally {
      slot.replies -= 1
      this.#letGo(slot)
    }
  }

  #letGo(slot: Slot): void {
    if (!slot.isRetired || slot.replies > 0 || !this.#retired.delete(slot)) return
    // Nobody waits for it, and there is nobody left to tell.
    slot.model[Symbol.asyncDispose]().then(undefined, () => {})
  }
}

function slotOf(model: LanguageModel): Slot {
  return { model, replies: 0, isRetired: false }
}
