import { type CommandInput } from '#shared/protocol/commands.ts'
import { type ServerEvent } from '#shared/protocol/events.ts'

/** What a client that comes back tells the server: who it was, what it has, where it was. */
export class SessionMemory {
  #sessionId: string | undefined
  #resumeToken: string | undefined
  #lastSeq: number | undefined
  #conversationId: string | undefined
  /** Only a stored conversation can be asked for by its id. */
  #isStored = false

  get sessionId(): string | undefined {
    return this.#sessionId
  }

  /** What to greet the server with, or null if there is nothing to resume. */
  greeting(): CommandInput<'hello'> | null {
    if (this.#resumeToken === undefined) return null
    const knows = this.#isStored && this.#conversationId !== undefined
    return {
      resume_token: this.#resumeToken,
      ...(this.#lastSeq === undefined ? {} : { last_seq: this.#lastSeq }),
      ...(knows ? { conversation_id: this.#conversationId } : {}),
    }
  }

  note(event: ServerEvent): void {
    if (event.seq !== undefined) this.#lastSeq = event.seq
    if (event.type === 'ready') {
      this.#sessionId = event.data.session_id
      this.#resumeToken = event.data.resume_token
    }
    if (event.type === 'ready' || event.type === 'history_cleared') this.#enter(event.data.conversation_id)
    if (event.type === 'conversation_opened') {
      this.#enter(event.data.conversation.conversation_id)
      this.#isStored = true
    }
    // A fresh conversation exists from its first message on.
    if (event.type === 'turn_started') this.#isStored = true
  }

  #enter(conversationId: string): void {
    if (conversationId !== this.#conversationId) this.#isStored = false
    this.#conversationId = conversationId
  }

  /** The server does not want to know who we were. */
  forget(): void {
    this.#sessionId = undefined
    this.#resumeToken = undefined
    this.#lastSeq = undefined
  }
}
