import { type Message } from '#shared/entities.ts'
import { isTold } from './history-lines.ts'
import { type CutState } from './prompt-memory.ts'

/** Once the history is full, it is cut down to this much of its room in one step, and may then grow for long. */
const KEPT_SHARE = 0.7
/** A history that fills less than this, though messages are left out, may have more of them again. */
const SPARSE_SHARE = 0.35
/** How many messages more may go so that the history begins with the user. */
const ALIGNED_MESSAGES = 6

export interface WindowInput {
  /** Oldest first. */
  readonly history: readonly Message[]
  readonly cut: CutState
  readonly roomTokens: number
  readonly costOf: (message: Message) => number
}

export interface HistoryWindow {
  /** Where in the history it begins. */
  readonly start: number
  readonly tokens: number
  /** Whether it had to begin later than before, because the messages no longer fitted. */
  readonly isCut: boolean
}

/**
 * Which messages are told: the newest ones. Where they begin stays the same from turn to turn until they fill the
 * room; only then does it move, and far, so that the server has to read the whole prompt anew only now and then.
 */
export function historyWindow(input: WindowInput): HistoryWindow {
  const { cut, roomTokens } = input
  const remembered = reach(input, roomTokens, cut.first_message_id)
  if (remembered.tokens > roomTokens || remembered.isFull) {
    return { ...aligned(input, reach(input, roomTokens * KEPT_SHARE)), isCut: true }
  }
  const isSparse = cut.first_message_id !== null && remembered.tokens < roomTokens * SPARSE_SHARE
  const wider = isSparse ? reach(input, roomTokens * KEPT_SHARE) : remembered
  return { ...(wider.start < remembered.start ? aligned(input, wider) : remembered), isCut: false }
}

interface Reach {
  readonly start: number
  readonly tokens: number
  /** Whether it ended because the next message did not fit. */
  readonly isFull: boolean
}

/** From the newest message back until the room is full; the newest is always there. */
function reach({ history, costOf }: WindowInput, roomTokens: number, untilId?: string | null): Reach {
  let start = history.length
  let tokens = 0
  let hasAny = false
  for (let index = history.length - 1; index >= 0; index -= 1) {
    const message = history[index]
    if (!message) break
    const cost = isTold(message) ? costOf(message) : 0
    if (hasAny && tokens + cost > roomTokens) return { start, tokens, isFull: true }
    tokens += cost
    start = index
    hasAny ||= cost > 0
    if (message.message_id === untilId) break
  }
  return { start, tokens, isFull: false }
}

function aligned({ history, costOf }: WindowInput, reached: Reach): Reach {
  const { start, tokens, isFull } = reached
  if (!isFull) return reached
  const last = Math.min(start + ALIGNED_MESSAGES, history.length - 2)
  for (let index = start, left = tokens; index <= last; index += 1) {
    const message = history[index]
    if (!message) break
    if (message.role === 'user' && isTold(message)) return { start: index, tokens: left, isFull }
    if (isTold(message)) left -= costOf(message)
  }
  return reached
}
