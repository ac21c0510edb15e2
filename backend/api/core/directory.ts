import { type LanguageModel } from '../../engines/contracts.ts'
import { type Clock } from '../../lib/clock.ts'
import { type Store } from '../../store/contract.ts'
import { type Directory, type Talkable } from './contract.ts'
import { KnownCharacters } from './known-characters.ts'
import { KnownFiles } from './known-files.ts'
import { KnownModels } from './known-models.ts'
import { type LocalModels } from './local-models.ts'
import { CHARACTER_PREFIX, talkableModel, talkableRunner } from './talkable.ts'

export interface DirectoryDeps {
  readonly model: LanguageModel
  readonly store: { readonly characters: Pick<Store['characters'], 'heads'> }
  readonly clock: Clock
  readonly local?: LocalModels | undefined
}

/** What other programs can talk to: models on this machine, those on servers, and the characters. */
export function createDirectory(deps: DirectoryDeps): Directory {
  return new LiveDirectory(deps)
}

class LiveDirectory implements Directory {
  readonly #deps: DirectoryDeps
  readonly #models: KnownModels
  readonly #characters: KnownCharacters
  readonly #files: KnownFiles | undefined
  readonly #since: Date

  constructor(deps: DirectoryDeps) {
    const { model, clock } = deps
    this.#deps = deps
    this.#since = clock.date()
    this.#models = new KnownModels({ model, clock })
    this.#files = deps.local && new KnownFiles(deps.local.service, clock)
    const { characters } = deps.store
    this.#characters = new KnownCharacters({ characters, clock, profile: () => model.profile() })
  }

  async list(signal: AbortSignal): Promise<readonly Talkable[]> {
    await this.#models.fresh(signal)
    const models = [...(await this.#local(signal)), ...this.#served()]
    const unique = [...new Map(models.toReversed().map((talkable) => [talkable.id, talkable])).values()]
    return [...unique.toReversed(), ...(await this.#characters.list())]
  }

  /** @throws AppError `engine_…` if nothing of that name is known, and the servers could not be asked. */
  async find(name: string, signal: AbortSignal): Promise<Talkable | undefined> {
    const key = keyOf(name)
    if (key.startsWith(CHARACTER_PREFIX)) return this.#characters.find(key)
    const known = named(await this.#local(signal), key) ?? named(this.#served(), key)
    if (known) return known
    await this.#models.fresh(signal)
    const found = named(this.#served(), key)
    if (!found && this.#models.failure) throw this.#models.failure
    return found
  }

  charactersChanged(): void {
    this.#characters.forget()
  }

  #served(): readonly Talkable[] {
    const profiles = this.#models.current()
    const context = { standardId: this.#models.standardId, since: this.#since }
    return profiles.map((profile) => talkableModel(profile, context))
  }

  async #local(signal: AbortSignal): Promise<readonly Talkable[]> {
    const { local } = this.#deps
    const runners = local?.service.overview().runners ?? []
    if (!local || runners.length === 0) return []
    const files = (await this.#files?.list(signal)) ?? []
    return runners.flatMap((runner) => {
      const file = files.find(({ path, runner_id }) => runner_id === runner.id || path === runner.model_file)
      const profile = local.model.profile(runner.id)
      return talkableRunner(runner, { profile, file, since: this.#since }) ?? []
    })
  }
}

/** `:latest` is how some programs say that they mean no particular version. */
function keyOf(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/:latest$/u, '')
}

function named(talkables: readonly Talkable[], key: string): Talkable | undefined {
  const isIt = ({ id, aliases }: Talkable): boolean => [id, ...aliases].some((name) => keyOf(name) === key)
  return talkables.find(({ id }) => keyOf(id) === key) ?? talkables.find(isIt)
}
