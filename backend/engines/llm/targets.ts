import { type ServerAddress } from './model-server.ts'
import { type Target } from './fallback-chain.ts'
import { type ServerLink } from './server-link.ts'
import { type ServerPool } from './server-pool.ts'

export interface FallbackModel extends ServerAddress {
  readonly model: string
}

export interface TargetsOptions extends ServerAddress {
  /** Absent: the first model the server lists. */
  readonly model?: string | undefined
  /** In the order in which they are tried. */
  readonly fallbacks: readonly FallbackModel[]
}

/** The models that are configured, in the order in which they are asked. */
export class Targets {
  readonly #pool: ServerPool
  readonly #first: Target
  readonly #fallbacks: readonly Target[]

  constructor(pool: ServerPool, options: TargetsOptions) {
    this.#pool = pool
    this.#first = targetOf(pool.link(options), options.model)
    this.#fallbacks = options.fallbacks.map((fallback) => targetOf(pool.link(fallback), fallback.model))
  }

  get first(): Target {
    return this.#first
  }

  get fallbacks(): readonly Target[] {
    return this.#fallbacks
  }

  /** @param model which one is to answer if it can; absent: the configured one. */
  inOrder(model: string | undefined): readonly Target[] {
    const first = model === undefined ? this.#first : this.#named(model)
    return [first, ...this.#fallbacks.filter(({ key }) => key !== first.key)]
  }

  /** A model may be chosen by its name alone: it is where it is configured, or where the list has it. */
  #named(model: string): Target {
    const configured = [this.#first, ...this.#fallbacks].find((target) => target.model === model)
    if (configured) return configured
    const lister = this.#pool.links.find((link) => link.models.info(model) !== undefined)
    return targetOf(lister ?? this.#first.link, model)
  }
}

function targetOf(link: ServerLink, model: string | undefined): Target {
  return { key: `${link.id} ${model ?? ''}`, link, model }
}
