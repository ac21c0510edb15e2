import { AppError, toAppError } from '../../errors.ts'
import { answer, type AnswerDeps } from './answer.ts'
import { type ResponseWishes } from './client-events.ts'
import { type ItemList } from './item-list.ts'
import { type Item, type ItemDraft } from './items.ts'
import { promptMessages, withinContext } from './prompt-messages.ts'
import { Response } from './response.ts'
import { checkToolChoice, planOf, type ResponsePlan } from './response-plan.ts'
import { type Emit } from './server-events.ts'
import { type SessionConfig } from './session-config.ts'
import { type SpokenWords } from './spoken-words.ts'

/** Beside the one of the conversation. */
const MAX_BESIDE = 8

export interface ResponsesDeps extends AnswerDeps {
  readonly emit: Emit
  readonly items: ItemList
  readonly conversationId: string
  readonly session: () => SessionConfig
  /** An item as a client gives it. */
  readonly drafted: (draft: ItemDraft) => Item
  /** Whether somebody is speaking, whose turn will be answered. */
  readonly isHearing: () => boolean
  readonly onError: (error: unknown) => void
  /** A response of the conversation has ended. */
  readonly onEnded: () => void
}

interface Owed {
  readonly words: SpokenWords
  isUnderstood: boolean
}

/** The speaking half of a session: at most one response of the conversation at a time, and some beside it. */
export class Responses implements Disposable {
  readonly #deps: ResponsesDeps
  readonly #beside = new Set<Response>()
  /** The one of the conversation that was begun last. */
  #latest: Response | undefined
  /** Somebody's turn that is still to be answered. */
  #owed: Owed | undefined
  #hasSpoken = false
  #isClosed = false

  constructor(deps: ResponsesDeps) {
    this.#deps = deps
  }

  get isActive(): boolean {
    return this.#active !== undefined
  }

  /** Whether anything has been said aloud in this session: then the voice stays. */
  get hasSpoken(): boolean {
    return this.#hasSpoken || this.#latest?.firstSoundAtMs !== undefined
  }

  /** When all sound that was sent will have been played, by one who plays it as it comes. */
  get playedOutAtMs(): number {
    const { firstSoundAtMs, said } = this.#latest ?? {}
    return firstSoundAtMs === undefined || !said ? -Infinity : firstSoundAtMs + said.sound.durationMs
  }

  /** @throws AppError `conflict` while another one of the conversation runs; `invalid`, `not_found` for its wishes. */
  create(wishes: ResponseWishes = {}, note?: string): void {
    const { session, items } = this.#deps
    const plan = planOf(session(), wishes)
    checkToolChoice(plan)
    if (plan.isInConversation && this.#active) {
      throw new AppError(
        'conflict',
        `Conversation already has an active response in progress: ${this.#active.id}. Wait until it is finished before creating a new one.`,
      )
    }
    if (!plan.isInConversation && this.#beside.size >= MAX_BESIDE) {
      throw new AppError(
        'rate_limited',
        `There are ${MAX_BESIDE} responses beside the conversation already; wait`,
      )
    }
    const input = wishes.input ? this.#inputOf(wishes.input) : undefined
    if (plan.isInConversation) this.#owed = undefined
    this.#begin(plan, { input: () => input ?? items.all, note })
  }

  /** Somebody's turn is answered as soon as its words are known; one without words was no turn. */
  createWhenUnderstood(words: SpokenWords): void {
    const owed = { words, isUnderstood: false }
    this.#owed = owed
    this.#understand(owed).catch((error: unknown) => this.#deps.onError(error))
  }

  /** Somebody speaks: what is being said ends, and what was not played until now counts as not heard. */
  interrupt(): void {
    const latest = this.#latest
    this.#owed = undefined
    if (!latest) return
    const { said, firstSoundAtMs } = latest
    if (said) {
      const heardMs = firstSoundAtMs === undefined ? 0 : this.#deps.clock.nowMs() - firstSoundAtMs
      if (!latest.isOver || heardMs < said.sound.durationMs) said.heardMs = Math.min(said.heardMs, heardMs)
    }
    if (latest.end({ status: 'cancelled', reason: 'turn_detected' })) this.#ended()
  }

  /** @returns the id of what was cancelled. @throws AppError `invalid` if there is none. */
  cancel(id?: string): string {
    const running = [...(this.#active ? [this.#active] : []), ...this.#beside]
    const response = id === undefined ? this.#active : running.find((one) => one.id === id)
    if (!response) throw new AppError('invalid', 'Cancellation failed: no active response found')
    response.end({ status: 'cancelled', reason: 'client_cancelled' })
    if (response === this.#latest) this.#ended()
    return response.id
  }

  [Symbol.dispose](): void {
    this.#isClosed = true
    this.#owed = undefined
    for (const response of [this.#latest, ...this.#beside]) {
      response?.end({ status: 'cancelled', reason: 'client_cancelled' })
    }
  }

  get #active(): Response | undefined {
    return this.#latest?.isOver === false ? this.#latest : undefined
  }

  #begin(
    plan: ResponsePlan,
    { input, note }: { input: () => readonly Item[]; note: string | undefined },
  ): void {
    const { emit, items, conversationId, clock, synthesizer } = this.#deps
    const response = new Response({
      plan,
      emit,
      conversationId,
      voiceRate: synthesizer.sampleRate,
      nowMs: () => clock.nowMs(),
      insert: (item) => items.insert(item),
      previousIdOf: (item) => items.previousIdOf(item),
    })
    if (plan.isInConversation) this.#latest = response
    else this.#beside.add(response)
    this.#perform(response, { input, note }).catch((error: unknown) => this.#deps.onError(error))
  }

  async #perform(
    response: Response,
    { input, note }: { input: () => readonly Item[]; note: string | undefined },
  ): Promise<void> {
    const { talker, session } = this.#deps
    try {
      await answer(this.#deps, response, async () => {
        const items = await understood(input)
        const messages = promptMessages(items, { instructions: response.plan.instructions, note })
        const { contextTokens } = talker.talkable
        return withinContext(messages, { contextTokens, truncation: session().truncation })
      })
    } finally {
      this.#hasSpoken ||= response.firstSoundAtMs !== undefined
      this.#beside.delete(response)
      if (response === this.#latest && response.endedItself) this.#ended()
    }
  }

  #ended(): void {
    this.#payDebt()
    this.#deps.onEnded()
  }

  async #understand(owed: Owed): Promise<void> {
    // Whoever waits for words that do not come is told by those who wait for them.
    const text = await owed.words.whole().catch(() => '')
    if (this.#owed !== owed) return
    owed.isUnderstood = text !== ''
    if (owed.isUnderstood) this.#payDebt()
    else this.#owed = undefined
  }

  /** Answers whoever was understood and is still waiting. */
  #payDebt(): void {
    const { isHearing, onError } = this.#deps
    if (this.#isClosed || !this.#owed?.isUnderstood || this.#active) return
    // Who goes on speaking is answered when they have ended.
    if (isHearing() && this.#interrupts) return
    try {
      this.create()
    } catch (error) {
      onError(toAppError(error))
    }
  }

  get #interrupts(): boolean {
    return this.#deps.session().audio.input.turn_detection?.interrupt_response ?? false
  }

  #inputOf(input: NonNullable<ResponseWishes['input']>): Item[] {
    const { items, drafted } = this.#deps
    return input.map((one) => (one.type === 'item_reference' ? items.get(one.id) : drafted(one)))
  }
}

/** The items, when all that was said in them is known. What could not be understood is left out. */
async function understood(input: () => readonly Item[]): Promise<readonly Item[]> {
  for (const item of input()) {
    if (item.type !== 'message') continue
    for (const part of item.content) {
      if (part.type !== 'input_audio' || !part.words) continue
      const text = await part.words.whole().catch(() => '')
      part.transcript ??= text
    }
  }
  return input()
}
