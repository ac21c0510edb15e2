import { basename } from 'node:path'
import { type EngineStatus } from '#shared/entities.ts'
import { abortable, abortReason } from '../../../lib/abort.ts'
import { type Clock } from '../../../lib/clock.ts'
import { type LanguageModel, type ModelProfile, type ReplyEvent, type ReplyRequest } from '../../contracts.ts'
import { createOpenAiModel } from '../openai.ts'
import { type GgufLink, type GgufSettings } from './gguf-link.ts'
import { ChildModel } from './in-child.ts'
import { InProcessModel } from './in-process.ts'

export interface GgufModelOptions extends GgufSettings {
  readonly clock: Clock
  /** Inside of this process, instead of in one of its own. */
  readonly isInProcess: boolean
  readonly firstTokenTimeoutMs?: number
  readonly tokenTimeoutMs?: number
}

/** Talks to a GGUF file on the disk, without any server: `node-llama-cpp` runs it. */
export function createGgufModel(options: GgufModelOptions): LanguageModel {
  const link = options.isInProcess ? new InProcessModel(options, options.clock) : new ChildModel(options)
  return new GgufModel(link, options)
}

class GgufModel implements LanguageModel {
  readonly name = 'gguf'
  readonly #link: GgufLink
  readonly #file: string
  /** It is asked like any other server, so there is one reader of answers for all. */
  readonly #model: LanguageModel
  #isClosed = false

  constructor(link: GgufLink, options: GgufModelOptions) {
    const { path, clock, contextTokens, firstTokenTimeoutMs, tokenTimeoutMs } = options
    this.#link = link
    this.#file = basename(path)
    this.#model = createOpenAiModel({
      baseUrl: 'http://gguf/v1',
      fetch: link.fetch,
      model: this.#file,
      clock,
      ...(contextTokens === undefined ? {} : { contextTokens }),
      ...(firstTokenTimeoutMs === undefined ? {} : { firstTokenTimeoutMs }),
      ...(tokenTimeoutMs === undefined ? {} : { tokenTimeoutMs }),
    })
  }

  status(): EngineStatus {
    const { problem, place } = this.#link
    const detail = problem ?? `${this.#file}, ${place}`
    return { name: this.name, ready: !this.#isClosed && problem === undefined, detail }
  }

  profile(model?: string): ModelProfile {
    return this.#model.profile(model)
  }

  async listModels(signal: AbortSignal): Promise<readonly ModelProfile[]> {
    await abortable(this.#link.ready(), signal)
    return this.#model.listModels(signal)
  }

  async *streamReply(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyEvent, void> {
    if (signal.aborted) throw abortReason(signal)
    await abortable(this.#link.ready(), signal)
    yield* this.#model.streamReply(request, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await this.#model[Symbol.asyncDispose]()
    await this.#link[Symbol.asyncDispose]()
  }
}
