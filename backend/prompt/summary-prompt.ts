import { type Conversation, type Message } from '#shared/entities.ts'
import { type ChatMessage } from '../engines/contracts.ts'
import { isTold } from './history-lines.ts'
import { type CutState } from './prompt-memory.ts'
import { lineName, type NamesInput } from './speaker-names.ts'
import { MESSAGE_TOKENS, type TokenCounter } from './token-counter.ts'

type Summarised = Pick<Conversation, 'summary' | 'summary_until'>

/** Whether messages have been left out of the prompt that the summary does not cover. */
export function needsSummary(cut: CutState, conversation: Summarised): boolean {
  return cut.last_left_out_id !== null && cut.last_left_out_id !== conversation.summary_until
}

/** The messages a summary is to take in, oldest first: left out of the prompt, and not covered yet. */
export function messagesToSummarise(
  history: readonly Message[],
  cut: CutState,
  conversation: Summarised,
): readonly Message[] {
  const end = indexOf(history, cut.last_left_out_id)
  const covered = indexOf(history, conversation.summary_until)
  return history.slice(covered + 1, end + 1).filter(isTold)
}

export interface SummaryInput {
  readonly messages: readonly Message[]
  /** Of all that was before; empty at first. */
  readonly previousSummary: string
  readonly names: NamesInput
  /** What the prompt may cost. */
  readonly budgetTokens: number
  readonly counter: TokenCounter
  /** How long the summary may be. */
  readonly maxWords?: number
}

export interface SummaryPrompt {
  readonly messages: readonly ChatMessage[]
  /** The last message that it takes in: the summary's new `summary_until`. Null: not even one fits. */
  readonly until: string | null
}

const DEFAULT_WORDS = 300
/** What a cut through a surrogate pair leaves at the end. */
const HALF_CHARACTER = /[\uD800-\uDBFF]$/

/** Asks for one summary of the previous one and what came after; of as many messages, oldest first, as fit. */
export function summaryPrompt(input: SummaryInput): SummaryPrompt {
  const { previousSummary, counter, maxWords = DEFAULT_WORDS } = input
  const instruction = [
    'You keep the memory of a conversation. Write one new summary of everything below, the summary so far included.',
    'Keep names, relations, promises, facts people told of themselves, where things stand, and what is still open.',
    `Leave out greetings and small talk. At most ${maxWords} words, in the language of the conversation. Write only the summary.`,
  ].join(' ')
  const before = previousSummary.trim() === '' ? '' : `The summary so far:\n${previousSummary.trim()}\n\n`
  const beginning = `${before}What was said since:\n`
  const fixedTokens = counter.count(instruction) + counter.count(beginning) + 2 * MESSAGE_TOKENS
  const { lines, until } = linesThatFit(input, input.budgetTokens - fixedTokens)
  return {
    messages: [
      { role: 'system', content: instruction },
      { role: 'user', content: `${beginning}${lines.join('\n')}` },
    ],
    until,
  }
}

function linesThatFit({ messages, names, counter }: SummaryInput, roomTokens: number) {
  const lines: string[] = []
  let tokens = 0
  let until: string | null = null
  for (const message of messages.filter(isTold)) {
    const line =
      message.role === 'system' ? message.content : `${lineName(message, names)}: ${message.content}`
    tokens += counter.count(line) + 1
    if (tokens > roomTokens && until !== null) break
    // One that is longer than the whole room is taken in as far as it goes: nothing would ever get past it.
    const fitting = tokens > roomTokens ? beginningThatFits(line, roomTokens - 1, counter) : line
    if (fitting === '') break
    lines.push(fitting)
    until = message.message_id
  }
  return { lines, until }
}

/** About as much of its beginning as fits; few counts, because counting a long text takes its time. */
function beginningThatFits(line: string, roomTokens: number, counter: TokenCounter): string {
  let beginning = line
  let tokens = counter.count(line)
  while (tokens > roomTokens && beginning !== '') {
    const length = Math.floor((beginning.length * 0.98 * Math.max(0, roomTokens)) / tokens)
    beginning = beginning.slice(0, length).replace(HALF_CHARACTER, '')
    tokens = counter.count(beginning)
  }
  return beginning
}

function indexOf(history: readonly Message[], id: string | null): number {
  return id === null ? -1 : history.findLastIndex(({ message_id }) => message_id === id)
}
