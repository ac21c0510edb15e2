import { AppError } from '../../../errors.ts'
import { abortReason } from '../../../lib/abort.ts'
import { SerialLane } from '../../../lib/serial-lane.ts'
import { type LoadedEmbedder } from './load-model.ts'
import { type Embedding, type ModelHost } from './model-host.ts'
import { type SlotInfo } from './slots.ts'

/** One GGUF model in memory that makes vectors of texts, one text after another. */
export class EmbeddingHost implements ModelHost {
  readonly chatTemplate = undefined
  readonly #model: LoadedEmbedder
  readonly #lane = new SerialLane()
  readonly #closing = new AbortController()
  #working = 0

  constructor(model: LoadedEmbedder) {
    this.#model = model
  }

  get contextTokens(): number {
    return this.#model.contextTokens
  }

  slots(): SlotInfo[] {
    return [{ id: 0, n_ctx: this.contextTokens, is_processing: this.#working > 0 }]
  }

  tokenize(text: string): readonly number[] {
    return this.#model.llamaModel.tokenize(text)
  }

  /** @throws AppError `invalid` if a text is too long; the signal's reason. */
  async embed(texts: readonly string[], signal: AbortSignal): Promise<Embedding> {
    const lengths = texts.map((text) => this.#lengthOf(text))
    const stop = AbortSignal.any([signal, this.#closing.signal])
    this.#working += 1
    try {
      const vectors: (readonly number[])[] = []
      for (const text of texts) vectors.push(await this.#lane.run(() => this.#vectorOf(text, stop)))
      return { vectors, promptTokens: lengths.reduce((sum, length) => sum + length, 0) }
    } finally {
      this.#working -= 1
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new AppError('engine_unavailable', 'The model is being unloaded'))
    await this.#lane.idle()
    await this.#model.unload()
  }

  async #vectorOf(text: string, signal: AbortSignal): Promise<readonly number[]> {
    if (signal.aborted) throw abortReason(signal)
    const { vector } = await this.#model.embedder.getEmbeddingFor(text)
    return vector
  }

  #lengthOf(text: string): number {
    const length = this.#model.embedder.calculateInputLength(text)
    if (length === 0) throw new AppError('invalid', 'An empty text has no vector')
    if (length < this.contextTokens) return length
    const most = this.contextTokens - 1
    throw new AppError(
      'invalid',
      `A text has ${length} tokens; the model reads ${most} at most: cut it in pieces`,
    )
  }
}
