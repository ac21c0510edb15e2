import { type Conversation, type Message, type ModelSettings } from '#shared/entities.ts'
import { type CrudAnswer } from '#shared/protocol/events.ts'
import { type LanguageModel, type ModelProfile } from '../engines/contracts.ts'
import { type Clock } from '../lib/clock.ts'
import { withDeadline } from '../lib/deadline.ts'
import { PromptMemory } from '../prompt/prompt-memory.ts'
import { messagesToSummarise, needsSummary, summaryPrompt } from '../prompt/summary-prompt.ts'
import { estimatedTokens } from '../prompt/token-counter.ts'
import { type Store } from '../store/contract.ts'
import { AppError } from '../errors.ts'
import { historyUntil } from './history-pages.ts'

/** Nobody waits for a summary; a model that is this slow is left alone. */
const SUMMARY_TIMEOUT_MS = 120_000
const SUMMARY_TOKENS = 700
const MAX_SUMMARY_CHARACTERS = 20_000
/** Of the context, for a prompt that need not be fast. */
const PROMPT_SHARE = 0.6

export interface SummariesDeps {
  readonly store: Store
  readonly model: LanguageModel
  readonly clock: Clock
  readonly publish: (change: CrudAnswer) => void
  readonly userName: (conversationId: string) => Promise<string>
  /** With which the conversation speaks: its model makes the summary as well. */
  readonly modelSettings: () => ModelSettings
  /** Nobody asked for a summary: the client is not told that one failed. */
  readonly onFailure: (error: unknown) => void
}

/**
 * Keeps the summary of what no longer fits into a conversation's prompt. It is made in the background between turns:
 * whoever speaks goes first, so a turn that begins ends it, and it is tried again after that turn.
 */
export class Summaries {
  readonly #deps: SummariesDeps
  #stop: AbortController | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(deps: SummariesDeps) {
    this.#deps = deps
  }

  /** Begins in the background, if there is anything to sum up. */
  begin(conversationId: string): void {
    if (!this.#profile().isLanguageModel) return
    this.end()
    const stop = new AbortController()
    this.#stop = stop
    this.#running = this.#running
      .then(() => this.#update(conversationId, stop.signal))
      .catch((error: unknown) => {
        if (!stop.signal.aborted) this.#deps.onFailure(error)
      })
  }

  /** Makes way for a turn. */
  end(): void {
    this.#stop?.abort(new Error('A turn begins'))
    this.#stop = undefined
  }

  /** Resolves when nothing of it is left. */
  async close(): Promise<void> {
    this.end()
    await this.#running
  }

  async #update(conversationId: string, signal: AbortSignal): Promise<void> {
    const { store } = this.#deps
    while (!signal.aborted) {
      const conversation = await store.conversations.find(conversationId)
      const memory = PromptMemory.safeParse(await store.conversations.promptMemory(conversationId)).data
      if (!conversation || !memory || !needsSummary(memory.cut, conversation)) return
      const changed = await this.#next(conversation, memory, signal)
      if (!changed) return
    }
  }

  /** Takes in as many messages as one prompt holds. @returns whether there was anything to take in. */
  async #next(conversation: Conversation, { cut }: PromptMemory, signal: AbortSignal): Promise<boolean> {
    const { store, userName } = this.#deps
    const { conversation_id } = conversation
    const messages = await this.#due(conversation, cut)
    if (signal.aborted) return false
    const cast = await store.characters.getMany(conversation.active_characters)
    const { contextTokens } = this.#profile()
    const { messages: prompt, until } = summaryPrompt({
      messages,
      previousSummary: conversation.summary,
      names: { cast, userName: await userName(conversation_id) },
      budgetTokens: Math.floor(contextTokens * PROMPT_SHARE) - SUMMARY_TOKENS,
      counter: estimatedTokens,
    })
    if (until === null) return false
    const summary = await this.#ask(prompt, signal)
    const now = await store.conversations.find(conversation_id)
    // Somebody has edited it meanwhile: theirs counts, and ours is made anew on top of it.
    if (!now || now.summary !== conversation.summary || signal.aborted) return now !== undefined
    // What was deleted or put out of sight meanwhile must not come back in it.
    const taken = messages.slice(0, messages.findIndex(({ message_id }) => message_id === until) + 1)
    if (!beginsWith(await this.#due(now, cut), taken)) return true
    if (summary === '') return false
    const data = await store.conversations.keepSummary(conversation_id, { summary, summary_until: until })
    this.#deps.publish({ type: 'conversation_updated', data })
    return true
  }

  async #due(conversation: Conversation, cut: PromptMemory['cut']): Promise<readonly Message[]> {
    const { conversation_id, summary_until } = conversation
    const isCovered = ({ message_id }: Message): boolean => message_id === summary_until
    const { messages } = this.#deps.store
    const history = await historyUntil(messages, { conversation_id }, (page) => page.some(isCovered))
    return messagesToSummarise(history, cut, conversation)
  }

  async #ask(
    messages: Parameters<LanguageModel['streamReply']>[0]['messages'],
    signal: AbortSignal,
  ): Promise<string> {
    const { model, clock, modelSettings } = this.#deps
    const { model: chosen } = modelSettings()
    const speaker = { id: '', name: '', personality: '', firstMessage: '' }
    const request = {
      messages,
      settings: {
        temperature: 0.2,
        max_tokens: SUMMARY_TOKENS,
        ...(chosen === undefined ? {} : { model: chosen }),
      },
      scene: { speaker, cast: [], history: [] },
    }
    const answer = withDeadline((stop) => model.streamReply(request, stop), {
      clock,
      signal,
      firstMs: SUMMARY_TIMEOUT_MS,
      nextMs: SUMMARY_TIMEOUT_MS,
      onLate: () =>
        new AppError('engine_timeout', 'The model took too long to sum up; it is tried again later'),
    })
    let text = ''
    for await (const event of answer) {
      if (event.type === 'text') text += event.text
      if (text.length > MAX_SUMMARY_CHARACTERS) break
    }
    return text.trim()
  }

  #profile(): ModelProfile {
    const { model, modelSettings } = this.#deps
    return model.profile(modelSettings().model)
  }
}

/** Whether they still are what they were. */
function beginsWith(messages: readonly Message[], before: readonly Message[]): boolean {
  return before.every(({ message_id, content }, index) => {
    const now = messages[index]
    return now?.message_id === message_id && now.content === content
  })
}
