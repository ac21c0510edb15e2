import { type ReplyEvent } from '../../engines/contracts.ts'
import { StopTexts } from '../../engines/llm/stop-texts.ts'
import { ReplyCleaner } from '../../pipeline/clean-reply.ts'
import { estimatedTokenCount } from './meter.ts'
import { type Question } from './question.ts'

type Finish = Extract<ReplyEvent, { type: 'finish' }>
const STOPPED: Finish = { type: 'finish', reason: 'stop' }

/** A character's reply without name prefixes; where the model begins to speak for somebody else, it ends. */
export async function* cleaned(
  events: AsyncIterable<ReplyEvent>,
  names: NonNullable<Question['names']>,
): AsyncGenerator<ReplyEvent> {
  const cleaner = new ReplyCleaner({ ...names, nicknames: [names.nickname], others: [] })
  for await (const event of events) {
    if (event.type === 'reasoning') {
      yield event
      continue
    }
    const text = event.type === 'text' ? cleaner.push(event.text) : cleaner.end()
    if (text !== '') yield { type: 'text', text }
    if (cleaner.isCut && event.type === 'text') {
      yield STOPPED
      return
    }
    if (event.type !== 'text') yield event
  }
}

export interface Limits {
  readonly stops: readonly string[]
  readonly maxTokens: number | undefined
}

/** What a server would see to, for engines that are none: where the reply ends, and how long it may be. */
export async function* limited(
  events: AsyncIterable<ReplyEvent>,
  { stops, maxTokens = Infinity }: Limits,
): AsyncGenerator<ReplyEvent> {
  const stopTexts = new StopTexts(stops)
  let text = ''
  for await (const event of events) {
    const more = event.type === 'text' ? stopTexts.push(event.text) : stopTexts.flush()
    text += more
    if (estimatedTokenCount(text) > maxTokens) {
      yield { type: 'finish', reason: 'length', tokens: maxTokens }
      return
    }
    if (more !== '') yield { type: 'text', text: more }
    if (event.type !== 'text') yield event
    if (stopTexts.isStopped) {
      yield STOPPED
      return
    }
  }
}
