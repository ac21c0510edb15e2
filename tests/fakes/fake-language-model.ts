import { type EngineStatus } from '#shared/entities.ts'
import {
  type LanguageModel,
  type ModelProfile,
  type ReplyEvent,
  type ReplyRequest,
} from '../../backend/engines/contracts.ts'
import { AppError } from '../../backend/errors.ts'
import { abortReason } from '../../backend/lib/abort.ts'
import { type Clock, sleep } from '../../backend/lib/clock.ts'

/** What the model does with one request. */
export interface FakeReply {
  readonly deltas: readonly string[]
  /** Before the first delta. */
  readonly firstTokenMs?: number
  /** Between deltas. */
  readonly tokenMs?: number
  /** Instead of the finish, after the deltas: fails with this, or says nothing more for ever. */
  readonly ending?: AppError | 'stall'
  readonly reasoning?: string
  /** Goes on yielding after the signal has aborted, as an engine that breaks the contract would. */
  readonly ignoresAbort?: boolean
}

const NEVER = new AbortController().signal

/** A model that says what the test tells it to, when the test's clock lets it. */
export class FakeLanguageModel implements LanguageModel {
  readonly name = 'fake'
  readonly requests: ReplyRequest[] = []
  readonly #clock: Clock
  readonly #closing = new AbortController()
  #replies: FakeReply[] = []
  #usual: FakeReply | ((request: ReplyRequest) => FakeReply)
  #openCalls = 0

  /** @param usual what it answers when nothing else is planned. */
  constructor(
    clock: Clock,
    usual: FakeReply | ((request: ReplyRequest) => FakeReply) = { deltas: ['Hello', ' there.'] },
  ) {
    this.#clock = clock
    this.#usual = usual
  }

  /** Plans the next replies, in order; afterwards the usual one comes again. */
  plan(...replies: readonly FakeReply[]): void {
    this.#replies.push(...replies)
  }

  /** Changes the usual reply. */
  answer(usual: FakeReply | ((request: ReplyRequest) => FakeReply)): void {
    this.#usual = usual
  }

  /** Replies begun and neither finished, failed, aborted nor left: 0 when nothing leaks. */
  get openCalls(): number {
    return this.#openCalls
  }

  status(): EngineStatus {
    return { name: this.name, ready: !this.#closing.signal.aborted, detail: 'a test double' }
  }

  profile(model?: string): ModelProfile {
    return {
      id: model ?? this.name,
      contextTokens: 8_192,
      canUseTools: true,
      roles: 'free',
      isLanguageModel: true,
    }
  }

  async listModels(): Promise<readonly ModelProfile[]> {
    return [this.profile()]
  }

  async *streamReply(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyEvent, void> {
    if (signal.aborted) throw abortReason(signal)
    if (this.#closing.signal.aborted) throw new AppError('engine_unavailable', 'The fake model is closed')
    this.requests.push(request)
    const usual = typeof this.#usual === 'function' ? this.#usual(request) : this.#usual
    const reply = this.#replies.shift() ?? usual
    this.#openCalls += 1
    try {
      const either = AbortSignal.any([reply.ignoresAbort === true ? NEVER : signal, this.#closing.signal])
      yield* this.#play(reply, either)
    } finally {
      this.#openCalls -= 1
    }
  }

  async *#play(reply: FakeReply, signal: AbortSignal): AsyncGenerator<ReplyEvent, void> {
    await this.#wait(reply.firstTokenMs ?? 0, signal)
    if (reply.reasoning !== undefined) yield { type: 'reasoning', text: reply.reasoning }
    for (const [index, text] of reply.deltas.entries()) {
      if (index > 0) await this.#wait(reply.tokenMs ?? 0, signal)
      yield { type: 'text', text }
      if (signal.aborted) throw abortReason(signal)
    }
    if (reply.ending === 'stall') await this.#wait(Infinity, signal)
    if (reply.ending instanceof AppError) throw reply.ending
    yield { type: 'finish', reason: 'stop', tokens: reply.deltas.length }
  }

  async #wait(delayMs: number, signal: AbortSignal): Promise<void> {
    if (delayMs === 0) return
    if (delayMs === Infinity) await untilAborted(signal)
    else await sleep(this.#clock, delayMs, signal)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new AppError('engine_unavailable', 'The fake model is closed'))
    return Promise.resolve()
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = (): void => reject(abortReason(signal))
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}
