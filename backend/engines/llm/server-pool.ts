import { ServerLink, type ServerLinkOptions } from './server-link.ts'
import { type ServerAddress } from './model-server.ts'

/** The servers in use: one link, and with it one pool of connections, for each address and key. */
export class ServerPool implements AsyncDisposable {
  readonly #links = new Map<string, ServerLink>()
  readonly #common: Omit<ServerLinkOptions, keyof ServerAddress | 'id'>

  constructor(common: Omit<ServerLinkOptions, keyof ServerAddress | 'id'>) {
    this.#common = common
  }

  /** The link to a server, made when it is first asked for. */
  link(address: ServerAddress): ServerLink {
    const key = JSON.stringify([address.baseUrl.replace(/\/+$/u, ''), address.apiKey ?? ''])
    const known = this.#links.get(key)
    if (known) return known
    // What is set for the first server need not be true of the others.
    const contextTokens = this.#links.size === 0 ? this.#common.contextTokens : undefined
    const link = new ServerLink({ ...this.#common, ...address, contextTokens, id: String(this.#links.size) })
    this.#links.set(key, link)
    return link
  }

  get links(): readonly ServerLink[] {
    return [...this.#links.values()]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.links.map((link) => link[Symbol.asyncDispose]()))
  }
}
