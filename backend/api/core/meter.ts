import { type ChatMessage, type ReplyEvent, type ReplyRequest } from '../../engines/contracts.ts'
import { type Clock } from '../../lib/clock.ts'
import { cachedTokens, estimatedTokens, MESSAGE_TOKENS } from '../../prompt/token-counter.ts'
import { type GenerateEvent, type Usage } from './contract.ts'

type Finish = Extract<ReplyEvent, { type: 'finish' }>

const counter = cachedTokens(estimatedTokens)

/** Of one text, where no server has counted it. */
export function estimatedTokenCount(text: string): number {
  return counter.count(text)
}

/** Counts and times one reply, for servers that do not. */
export class Meter {
  readonly #clock: Clock
  readonly #askedAtMs: number
  #firstTokenAtMs: number | undefined
  #text = ''
  #reasoning = ''

  constructor(clock: Clock) {
    this.#clock = clock
    this.#askedAtMs = clock.nowMs()
  }

  take(event: Exclude<ReplyEvent, Finish>): void {
    this.#firstTokenAtMs ??= this.#clock.nowMs()
    if (event.type === 'text') this.#text += event.text
    else if (event.type === 'reasoning') this.#reasoning += event.text
    else this.#text += `${event.name}${event.argumentsJson}`
  }

  /** What the server counted; what it did not say is estimated. */
  finish(
    { reason, tokens, report }: Finish,
    request: ReplyRequest,
  ): Extract<GenerateEvent, { type: 'finish' }> {
    const endedAtMs = this.#clock.nowMs()
    const loadMs = report?.loadMs ?? 0
    const untilFirstMs = (this.#firstTokenAtMs ?? endedAtMs) - this.#askedAtMs
    const reasoningTokens = report?.reasoningTokens ?? counter.count(this.#reasoning)
    const usage: Usage = {
      promptTokens: report?.promptTokens ?? promptTokens(request),
      cachedTokens: report?.cachedTokens ?? 0,
      completionTokens: tokens ?? counter.count(this.#text) + reasoningTokens,
      reasoningTokens,
      loadMs,
      firstTokenMs: Math.max(0, untilFirstMs - loadMs),
      totalMs: endedAtMs - this.#askedAtMs,
    }
    return { type: 'finish', reason, usage }
  }
}

function promptTokens({ messages, tools = [], scene }: ReplyRequest): number {
  // What does not read prompts reads the conversation.
  const told = messages.length > 0 ? messages.map(textOf) : scene.history.map(({ text }) => text)
  const said = told.reduce((sum, text) => sum + counter.count(text) + MESSAGE_TOKENS, 0)
  return said + (tools.length === 0 ? 0 : counter.count(JSON.stringify(tools)))
}

function textOf({ content, toolCalls = [] }: ChatMessage): string {
  return content + toolCalls.map(({ name, argumentsJson }) => `${name}${argumentsJson}`).join('')
}
