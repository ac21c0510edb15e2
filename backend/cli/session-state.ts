import { mkdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { writeWhole } from './write-file.ts'

/** Server → conversation. */
const State = z.record(z.string(), z.string())

/** Which conversation was selected, or talked in last, in this user's terminals: one per server or data directory. */
export class SessionState {
  readonly #file: string
  readonly #server: string

  /** @param server `Server.identity` */
  constructor(env: NodeJS.ProcessEnv, server: string) {
    const folder = env['XDG_STATE_HOME'] || join(env['HOME'] || homedir(), '.local', 'state')
    this.#file = join(folder, 'troupe', 'sessions.json')
    this.#server = server
  }

  async selected(): Promise<string | undefined> {
    return (await this.#read())[this.#server]
  }

  /** @param conversationId undefined forgets it. */
  async select(conversationId: string | undefined): Promise<void> {
    const { [this.#server]: _before, ...others } = await this.#read()
    const state = conversationId === undefined ? others : { ...others, [this.#server]: conversationId }
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 })
    await writeWhole(this.#file, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 })
  }

  /** As if nothing was selected, if it cannot be read: it is a convenience. */
  async #read(): Promise<z.infer<typeof State>> {
    try {
      return State.parse(JSON.parse(await readFile(this.#file, 'utf8')))
    } catch {
      return {}
    }
  }
}
