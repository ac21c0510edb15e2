import { type EventData } from '#shared/protocol/events.ts'
import { type PagesAt } from './script-pages.ts'
import { type LineToolUse } from './types.ts'

/** A reply of a turn that this client has seen begin. */
export interface LiveReply {
  readonly epoch: number
  /** All of its text, whether heard or not. */
  text: string
  /** The text it goes on from. */
  readonly base: string
  /** The lines as they were, if it was to replace a wording: they come back if nothing comes of it. */
  readonly before: PagesAt | null
  hasSounded: boolean
  /** It was heard to its end: no interruption takes anything from it any more. */
  isOver: boolean
}

/** What is looked up for replies that have not begun to be written. */
export class ToolUseNotes {
  readonly #waiting = new Map<string, { epoch: number; uses: readonly LineToolUse[] }>()

  /** @param known those of the line, if it is being written. @returns those and this one. */
  note(data: EventData<'tool_use'>, known: readonly LineToolUse[] | undefined): readonly LineToolUse[] {
    const { message_id: id, epoch } = data
    const uses = putUse(known ?? this.#of(id, epoch), data)
    if (known === undefined) this.#waiting.set(id, { epoch, uses })
    return uses
  }

  take(id: string, epoch: number): readonly LineToolUse[] {
    const uses = this.#of(id, epoch)
    this.#waiting.delete(id)
    return uses
  }

  #of(id: string, epoch: number): readonly LineToolUse[] {
    const waiting = this.#waiting.get(id)
    return waiting?.epoch === epoch ? waiting.uses : []
  }
}

/** Two events tell of every use: that it has begun, and what came of it. */
function putUse(uses: readonly LineToolUse[], data: EventData<'tool_use'>): readonly LineToolUse[] {
  const { call_id: id, name, arguments: given, result = null, is_error: isError = false } = data
  const use = { id, name, arguments: given, result, isError }
  const index = uses.findIndex((known) => known.id === id)
  return index === -1 ? [...uses, use] : uses.with(index, use)
}
