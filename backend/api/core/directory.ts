import { type LanguageModel } from '../../engines/contracts.ts'
import { type Clock } from '../../lib/clock.ts'
import { Kept } from '../../lib/kept.ts'
import { type Store } from '../../store/contract.ts'
import { type Directory, type Talkable } from './contract.ts'
import { KnownCharacters } from './known-characters.ts'
import { KnownFiles } from './known-files.ts'
import { KnownModels } from './known-models.ts'
import { type LocalModels } from './local-models.ts'
import { CHARACTER_PREFIX, talkableEmbedder, talkableModel, talkableRunner } from './talkable.ts'

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
  readonly #names = new Kept<Names>()

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
    const models = [...(await this.#local(signal)), ...this.#served().talkables]
    const unique = [...new Map(models.toReversed().map((talkable) => [talkable.id, talkable])).values()]
    return [...unique.toReversed(), ...(await this.#characters.list())]
  }

  /** @throws AppError `engine_…` if nothing of that name is known, and the servers could not be asked. */
  async find(name: string, signal: AbortSignal): Promise<Talkable | undefined> {
    const key = keyOf(name)
    if (key.startsWith(CHARACTER_PREFIX)) return this.#characters.find(key)
    const known = new Names(await this.#local(signal)).find(key) ?? this.#served().find(key)
    if (known) return known
    await this.#models.fresh(signal)
    const found = this.#served().find(key)
    if (!found && this.#models.failure) throw this.#models.failure
    return found
  }

  charactersChanged(): void {
    this.#characters.forget()
  }

  /** A server may have hundreds, and every request names one. */
  #served(): Names {
    const profiles = this.#models.current()
    const { standardId } = this.#models
    const since = this.#since
    const embedders = this.#deps.model.embeddingModels?.() ?? []
    return this.#names.of([profiles, standardId, embedders.join('\n')], () => {
      const models = profiles.map((profile) => talkableModel(profile, { standardId, since }))
      return new Names([...models, ...embedders.map((id) => talkableEmbedder(id, since))])
    })
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

/** Who goes by which name: ids before aliases, and who comes first has the name. */
class Names {
  readonly talkables: readonly Talkable[]
  readonly #byName = new Map<string, Talkable>()

  constructor(talkables: readonly Talkable[]) {
    this.talkables = talkables
    for (const talkable of talkables) this.#add(talkable.id, talkable)
    for (const talkable of talkables) for (const alias of talkable.aliases) this.#add(alias, talkable)
  }

  find(key: string): Talkable | undefined {
    return this.#byName.get(key)
  }

  #add(name: string, talkable: Talkable): void {
    const key = keyOf(name)
    if (!this.#byName.has(key)) this.#byName.set(key, talkable)
  }
}
