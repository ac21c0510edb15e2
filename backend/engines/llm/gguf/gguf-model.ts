import { basename } from 'node:path'
import { type EngineStatus } from '#shared/entities.ts'
import { abortable, abortReason } from '../../../lib/abort.ts'
import { type Clock } from '../../../lib/clock.ts'
import { type LanguageModel, type ModelProfile, type ReplyEvent, type ReplyRequest } from '../../contracts.ts'
import { createOpenAiModel } from '../openai.ts'
import { type GgufSettings, InProcessModel } from './in-process.ts'

export interface GgufModelOptions extends GgufSettings {
  readonly clock: Clock
  readonly firstTokenTimeoutMs?: number
  readonly tokenTimeoutMs?: number
}

/**
 * Talks to a GGUF file on the disk, in this process: `node-llama-cpp` runs it. (A runner of the kind `gguf` does the
 * same in a process of its own.)
 */
export function createGgufModel(options: GgufModelOptions): GgufModel {
  return new GgufModel(options)
}

export class GgufModel implements LanguageModel {
  readonly name = 'gguf'
  readonly #link: InProcessModel
  readonly #file: string
  /** It is asked like any other server, so there is one reader of answers for all. */
  readonly #model: LanguageModel
  #isClosed = false

  constructor(options: GgufModelOptions) {
    const { path, clock, contextTokens, firstTokenTimeoutMs, tokenTimeoutMs } = options
    this.#link = new InProcessModel(options, clock)
    this.#file = basename(path)
    this.#model = createOpenAiModel({
      baseUrl: 'http://gguf/v1',
      fetch: this.#link.fetch,
      model: this.#file,
      clock,
      ...(contextTokens === undefined ? {} : { contextTokens }),
      ...(firstTokenTimeoutMs === undefined ? {} : { firstTokenTimeoutMs }),
      ...(tokenTimeoutMs === undefined ? {} : { tokenTimeoutMs }),
    })
  }

  /** Replies that it is writing, those included that nobody waits for any more. */
  get activeReplies(): number {
    return this.#link.busySlots
  }

  status(): EngineStatus {
    const { problem } = this.#link
    const detail = problem ?? `${this.#file}, in this process`
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
