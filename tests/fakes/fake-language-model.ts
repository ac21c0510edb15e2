import { type EngineStatus } from '#shared/entities.ts'
import {
  type LanguageModel,
  type ModelProfile,
  type ReplyEvent,
  type ReplyReport,
  type ReplyRequest,
  type ToolCallRequest,
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
  /** After the deltas; the finish then says so. */
  readonly toolCalls?: readonly ToolCallRequest[]
  readonly report?: Partial<ReplyReport>
  /** Goes on yielding after the signal has aborted, as an engine that breaks the contract would. */
  readonly ignoresAbort?: boolean
}

const NEVER = new AbortController().signal

/** A model that says what the test tells it to, when the test's clock lets it. */
export class FakeLanguageModel implements LanguageModel {
  readonly name = 'fake'
  readonly requests: ReplyRequest[] = []
  /** What `profile` and `listModels` tell. */
  modelProfile: ModelProfile = {
    id: 'fake-model',
    contextTokens: 8_192,
    canUseTools: true,
    roles: 'free',
    isLanguageModel: true,
  }
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

  profile(_model?: string): ModelProfile {
    return this.modelProfile
  }

  listModels(): Promise<readonly ModelProfile[]> {
    return Promise.resolve([this.modelProfile])
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
    for (const call of reply.toolCalls ?? []) yield { type: 'tool_call', ...call }
    if (reply.ending === 'stall') await this.#wait(Infinity, signal)
    if (reply.ending instanceof AppError) throw reply.ending
    yield {
      type: 'finish',
      reason: reply.toolCalls?.length ? 'tool_calls' : 'stop',
      tokens: reply.deltas.length,
      report: { model: this.modelProfile.id, failedModels: [], attempts: 1, ...reply.report },
    }
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
