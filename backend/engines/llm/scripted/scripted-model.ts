import { type EngineStatus } from '#shared/entities.ts'
import { AppError } from '../../../errors.ts'
import { abortReason } from '../../../lib/abort.ts'
import { type Clock, sleep } from '../../../lib/clock.ts'
import {
  type LanguageModel,
  type ModelProfile,
  type ReplyEvent,
  type ReplyRequest,
  type Scene,
} from '../../contracts.ts'
import { Watchdog } from '../watchdog.ts'
import { composeReply } from './brain.ts'

export interface ScriptedModelOptions {
  readonly clock: Clock
  /** 0 … 1, asked once per reply: varies greetings and regenerated replies. Absent: the same history, the same reply. */
  readonly random?: () => number
  /** Between words, as a quick local model would send them. */
  readonly tokenMs?: number
}

const FIRST_TOKEN_MS = 60
const DEFAULT_TOKEN_MS = 30

/** It reads the scene, not the prompt, so there is no limit to either. */
const PROFILE: ModelProfile = {
  id: 'scripted',
  contextTokens: 1_000_000,
  canUseTools: false,
  roles: 'free',
  isLanguageModel: false,
}

/** A companion for machines without a language model: patterns, memory and prepared lines. */
export function createScriptedModel(options: ScriptedModelOptions): LanguageModel {
  return new ScriptedModel(options)
}

class ScriptedModel implements LanguageModel {
  readonly name = 'scripted'
  readonly #clock: Clock
  readonly #random: () => number
  readonly #tokenMs: number
  readonly #calls = new Set<Watchdog>()
  #isClosed = false

  constructor({ clock, random = () => 0, tokenMs = DEFAULT_TOKEN_MS }: ScriptedModelOptions) {
    this.#clock = clock
    this.#random = random
    this.#tokenMs = tokenMs
  }

  status(): EngineStatus {
    return {
      name: this.name,
      ready: !this.#isClosed,
      detail: 'scripted, not a language model',
    }
  }

  profile(): ModelProfile {
    return PROFILE
  }

  listModels(): Promise<readonly ModelProfile[]> {
    return Promise.resolve([PROFILE])
  }

  async *streamReply({ scene }: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyEvent, void> {
    if (signal.aborted) throw abortReason(signal)
    using call = new Watchdog(this.#clock, signal)
    this.#calls.add(call)
    if (this.#isClosed) call.stop()
    try {
      yield* this.#stream(scene, call.signal)
    } catch (error) {
      throw signal.aborted ? abortReason(signal) : this.#explained(error)
    } finally {
      this.#calls.delete(call)
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    for (const call of this.#calls) call.stop()
    return Promise.resolve()
  }

  async *#stream(scene: Scene, signal: AbortSignal): AsyncGenerator<ReplyEvent, void> {
    signal.throwIfAborted()
    const reply = composeReply(scene, { date: this.#clock.date(), variation: this.#random() })
    const words = reply.match(/\s*\S+/gu) ?? []
    for (const [index, text] of words.entries()) {
      await sleep(this.#clock, index === 0 ? FIRST_TOKEN_MS : this.#tokenMs, signal)
      yield { type: 'text', text }
      signal.throwIfAborted()
    }
    const report = { model: PROFILE.id, failedModels: [], attempts: 1 }
    yield { type: 'finish', reason: 'stop', tokens: words.length, report }
  }

  #explained(error: unknown): unknown {
    if (!this.#isClosed) return error
    return new AppError('engine_unavailable', 'The scripted companion is closed', { cause: error })
  }
}
