import { type Script } from './script.ts'
import { type Stage } from './stage.ts'

interface Pending {
  readonly lineId: string
  readonly text: string
  readonly isInterrupting: boolean
  /** Null until it has been sent. */
  requestId: string | null
}

/** What the user typed, until the server has taken it up: sent at once, or when the line is open again. */
export class Outbox {
  readonly #stage: Stage
  readonly #script: Script
  #pending: Pending[] = []

  constructor(stage: Stage, script: Script) {
    this.#stage = stage
    this.#script = script
  }

  send(text: string, isInterrupting: boolean): void {
    const lineId = this.#script.addLocal(text, false)
    this.#pending.push({ lineId, text, isInterrupting, requestId: null })
    this.flush()
  }

  /** Sends what was typed while there was no line, in order. */
  flush(): void {
    for (const pending of this.#pending.filter(({ requestId }) => requestId === null)) {
      const { text, isInterrupting } = pending
      const interrupt = isInterrupting ? { interrupt: true } : {}
      pending.requestId = this.#stage.client.send('user_message', { text, ...interrupt })
    }
  }

  /** The server has taken a message up. */
  settle(lineId: string): void {
    this.#pending = this.#pending.filter((pending) => pending.lineId !== lineId)
  }

  /** The server refused a message. @returns whether it was one of ours. */
  fail(requestId: string | undefined): boolean {
    const failed = this.#pending.find((pending) => requestId !== undefined && pending.requestId === requestId)
    if (failed === undefined) return false
    this.#script.failLocal(failed.lineId)
    this.settle(failed.lineId)
    return true
  }

  /** After the line broke: what had been sent and is not among the stored messages never arrived. */
  failUnanswered(): void {
    const lines = new Set(this.#script.lines.value.map(({ id }) => id))
    const sent = this.#pending.filter(({ requestId }) => requestId !== null)
    for (const { lineId } of sent) {
      if (lines.has(lineId)) this.#script.failLocal(lineId)
      this.settle(lineId)
    }
  }
}
