import { type EngineStatus, type RunnerInfo } from '#shared/entities.ts'
import {
  type Embedded,
  type EmbedRequest,
  type LanguageModel,
  type ModelProfile,
  type ReplyEvent,
  type ReplyRequest,
} from '../../engines/contracts.ts'
import { LlmError } from '../../engines/llm/llm-error.ts'
import { mergedInfo, profileOf } from '../../engines/llm/model-profile.ts'
import { LinkedSignal } from '../../engines/stt/linked-signal.ts'
import { AppError } from '../../errors.ts'
import { sleep } from '../../lib/clock.ts'
import { type ModelConfig, seesOf } from '../config/model-config.ts'
import { type RunnerLease, type RunnerService } from '../contract.ts'
import { type ClientOptions, RunnerClients } from './runner-clients.ts'
import { runnerOf, runnersFor } from './runner-of.ts'

/** Longer than the last words of a process are waited for. */
const CRASH_KNOWN_MS = 1_000
const LOOK_EVERY_MS = 20

export interface RunnerModelOptions extends ClientOptions {
  readonly service: Pick<RunnerService, 'find' | 'lease' | 'overview'>
  /** What the settings say of a runner. */
  readonly config: (id: string) => ModelConfig | undefined
}

/** Language models that Troupe runs itself: a request starts the one it names. */
export class RunnerModel implements LanguageModel {
  readonly name = 'runner'
  readonly #options: RunnerModelOptions
  readonly #clients: RunnerClients
  readonly #profiles = new Map<string, ModelProfile>()
  readonly #closing = new AbortController()

  constructor(options: RunnerModelOptions) {
    this.#options = options
    this.#clients = new RunnerClients(options)
  }

  status(): EngineStatus {
    const ids = runnersFor(this.#options.service, 'chat').map(({ id }) => id)
    const detail = ids.length === 0 ? 'no runner that chats is in the runners file' : ids.join(', ')
    return { name: this.name, ready: ids.length > 0 && !this.#closing.signal.aborted, detail }
  }

  /** Whether a model of this name is one of ours. */
  has(model: string): boolean {
    return this.#options.service.find(model)?.offers.includes('chat') ?? false
  }

  profile(model?: string): ModelProfile {
    const runner = this.#found(model)
    const id = runner?.id ?? model ?? ''
    const client = this.#clients.known(id)
    // Only while it runs: later somebody else may listen there.
    if (client && runner?.state === 'ready') this.#profiles.set(id, client.profile())
    const config = this.#options.config(id)
    const told = config && 'context_tokens' in config ? config : undefined
    const info = mergedInfo(id, [{ contextTokens: told?.context_tokens, canUseTools: told?.tools }])
    const known = this.#profiles.get(id)
    const profile = known ?? profileOf(id, info)
    const canSee = sightOf(config, profile)
    return {
      ...profile,
      ...(canSee === undefined ? {} : { canSee }),
      id,
      contextTokens: told?.context_tokens ?? profile.contextTokens,
      canUseTools: told?.tools ?? profile.canUseTools,
    }
  }

  listModels(): Promise<readonly ModelProfile[]> {
    return Promise.resolve(runnersFor(this.#options.service, 'chat').map(({ id }) => this.profile(id)))
  }

  async *streamReply(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyEvent, void> {
    const { service, clock } = this.#options
    const { id } = runnerOf(service, request.settings.model, 'chat')
    using stop = new LinkedSignal(signal, this.#closing.signal)
    using lease = await service.lease(id, stop.signal)
    const settings = { ...request.settings, model: lease.model }
    let firstMs: number | undefined
    let hasEnded = false
    try {
      const model = this.#clients.for(id, lease)
      for await (const event of model.streamReply({ ...request, settings }, stop.signal)) {
        firstMs ??= clock.nowMs()
        if (event.type !== 'finish') {
          yield event
          continue
        }
        hasEnded = true
        lease.generated(event.tokens ?? 0, clock.nowMs() - firstMs)
        yield reported(event, id, lease)
      }
    } catch (error) {
      if (isItsFault(error)) lease.failed()
      throw await this.#explained(error, id, stop.signal)
    } finally {
      if (!hasEnded) lease.cancelled()
    }
  }

  async embed(request: EmbedRequest, signal: AbortSignal): Promise<Embedded> {
    const { service } = this.#options
    const { id } = runnerOf(service, request.model, 'embeddings')
    using stop = new LinkedSignal(signal, this.#closing.signal)
    using lease = await service.lease(id, stop.signal)
    const model = this.#clients.for(id, lease)
    if (!model.embed) throw new AppError('engine_rejected', `The runner "${id}" makes no embeddings`)
    try {
      return await model.embed({ ...request, model: lease.model }, stop.signal)
    } catch (error) {
      lease.cancelled()
      throw await this.#explained(error, id, stop.signal)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new AppError('engine_unavailable', 'The models that are run here are closed'))
    await this.#clients[Symbol.asyncDispose]()
  }

  #found(model: string | undefined): RunnerInfo | undefined {
    return model === undefined
      ? runnersFor(this.#options.service, 'chat')[0]
      : this.#options.service.find(model)
  }

  /** Why it ended says more than that a connection broke. */
  async #explained(error: unknown, id: string, signal: AbortSignal): Promise<unknown> {
    if (!(error instanceof AppError)) return error
    if (error instanceof LlmError && error.kind === 'connection') await this.#untilCrashIsKnown(id, signal)
    const crash = this.#options.service.find(id)?.error
    return crash === undefined ? error : new AppError('engine_failed', crash, { cause: error })
  }

  /** The connection breaks before the process has ended, and that before its last words are read. */
  async #untilCrashIsKnown(id: string, signal: AbortSignal): Promise<void> {
    const { service, clock } = this.#options
    const endMs = clock.nowMs() + CRASH_KNOWN_MS
    while (!signal.aborted && service.find(id)?.state === 'ready' && clock.nowMs() < endMs) {
      await sleep(clock, LOOK_EVERY_MS, signal).catch(() => {})
    }
  }
}

/** Without a projector it sees nothing; with one, it says itself once it runs, as there are some for sounds only. */
function sightOf(config: ModelConfig | undefined, { canSee }: ModelProfile): boolean | undefined {
  const expected = config && seesOf(config)
  return expected === false ? false : (canSee ?? expected)
}

/** Not that of whoever asked for too much. */
function isItsFault(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'engine_failed' || error.code === 'engine_timeout')
}

type Finish = Extract<ReplyEvent, { type: 'finish' }>

/** Under the name by which it was asked. */
function reported(event: Finish, id: string, { waitedMs }: RunnerLease): Finish {
  const { report = { failedModels: [], attempts: 1 } } = event
  return { ...event, report: { ...report, model: id, loadMs: waitedMs } }
}
