import { type CommandInput } from '#shared/protocol/commands.ts'
import { type ServerEvent } from '#shared/protocol/events.ts'

/** What a client that comes back tells the server: who it was, what it has, where it was. */
export class SessionMemory {
  #sessionId: string | undefined
  #resumeToken: string | undefined
  #lastSeq: number | undefined
  #conversationId: string | undefined

  get sessionId(): string | undefined {
    return this.#sessionId
  }

  /** What to greet the server with, or null if there is nothing to resume. */
  greeting(): CommandInput<'hello'> | null {
    if (this.#resumeToken === undefined) return null
    return {
      resume_token: this.#resumeToken,
      ...(this.#lastSeq === undefined ? {} : { last_seq: this.#lastSeq }),
      ...(this.#conversationId === undefined ? {} : { conversation_id: this.#conversationId }),
    }
  }

  note(event: ServerEvent): void {
    if (event.seq !== undefined) this.#lastSeq = event.seq
    if (event.type === 'ready') {
      this.#sessionId = event.data.session_id
      this.#resumeToken = event.data.resume_token
    }
    if (event.type === 'ready' || event.type === 'history_cleared') {
      this.#conversationId = event.data.conversation_id
    }
    if (event.type === 'conversation_opened') {
      this.#conversationId = event.data.conversation.conversation_id
    }
  }

  /** The server does not want to know who we were. */
  forget(): void {
    this.#sessionId = undefined
    this.#resumeToken = undefined
    this.#lastSeq = undefined
  }
}
