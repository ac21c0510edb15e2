import { type LanguageModel } from '../../engines/contracts.ts'
import { createOpenAiModel } from '../../engines/llm/openai.ts'
import { type Clock } from '../../lib/clock.ts'
import { type RunnerLease } from '../contract.ts'

export interface ClientOptions {
  readonly clock: Clock
  readonly firstTokenTimeoutMs: number
  readonly tokenTimeoutMs: number
}

interface Client {
  /** Of one run: the next one has another key or another place. */
  readonly key: string
  readonly model: LanguageModel
}

/** Who speaks to the server of each runner: made for one run of it, since then it knows what that server can do. */
export class RunnerClients implements AsyncDisposable {
  readonly #options: ClientOptions
  readonly #clients = new Map<string, Client>()

  constructor(options: ClientOptions) {
    this.#options = options
  }

  /** For as long as the lease. */
  for(id: string, lease: RunnerLease): LanguageModel {
    const { baseUrl, apiKey, model, fetch } = lease
    const key = JSON.stringify([baseUrl, apiKey, model])
    const known = this.#clients.get(id)
    if (known?.key === key) return known.model
    this.#letGo(known)
    const client = { key, model: createOpenAiModel({ ...this.#options, baseUrl, apiKey, model, fetch }) }
    this.#clients.set(id, client)
    return client.model
  }

  /** The one of the last run. */
  known(id: string): LanguageModel | undefined {
    return this.#clients.get(id)?.model
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#clients.values()].map(({ model }) => model[Symbol.asyncDispose]()))
    this.#clients.clear()
  }

  /** What it spoke to has ended, so nobody waits for it. */
  #letGo(client: Client | undefined): void {
    client?.model[Symbol.asyncDispose]().then(undefined, () => {})
  }
}
