import { appendFile } from 'node:fs/promises'
import { type Message } from '#shared/entities.ts'
import { reasonOf } from './exit.ts'
import { toText } from './export.ts'
import { type Terminal } from './terminal.ts'

/** Keeps what is said in a text file, too, added at its end. A file that cannot be written to stops nobody. */
export class ChatLog {
  readonly #path: string
  readonly #terminal: Terminal
  #hasFailed = false

  constructor(path: string, terminal: Terminal) {
    this.#path = path
    this.#terminal = terminal
  }

  async add(messages: readonly Pick<Message, 'name' | 'role' | 'content'>[]): Promise<void> {
    if (this.#hasFailed || messages.length === 0) return
    try {
      await appendFile(this.#path, toText(messages), { mode: 0o600 })
    } catch (error) {
      this.#hasFailed = true
      this.#terminal.say(
        `Cannot write the log ${this.#path}: ${reasonOf(error)}; the conversation goes on without it`,
      )
    }
  }
}
