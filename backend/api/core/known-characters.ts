import { type CharacterHead } from '#shared/entities.ts'
import { type ModelProfile } from '../../engines/contracts.ts'
import { type Clock } from '../../lib/clock.ts'
import { type CharacterStore } from '../../store/contract.ts'
import { type Talkable } from './contract.ts'
import { CHARACTER_PREFIX, talkableCharacter } from './talkable.ts'

const FRESH_MS = 2_000
/** Wrong names by the hundred do not read the library a hundred times. */
const REREAD_MS = 200
const PAGE_HEADS = 500

export interface KnownCharactersDeps {
  readonly characters: Pick<CharacterStore, 'heads'>
  readonly clock: Clock
  /** Of the model that speaks for them. */
  readonly profile: () => ModelProfile
}

/** The characters of the library, as other programs see them. A library may have thousands. */
export class KnownCharacters {
  readonly #deps: KnownCharactersDeps
  #heads: readonly CharacterHead[] = []
  #byName: ReadonlyMap<string, CharacterHead> = new Map()
  #readAtMs = -Infinity
  #changes = 0
  #reading: Promise<void> | undefined

  constructor(deps: KnownCharactersDeps) {
    this.#deps = deps
  }

  async list(): Promise<readonly Talkable[]> {
    await this.#readUnless(FRESH_MS)
    const profile = this.#deps.profile()
    return this.#heads.map((head) => talkableCharacter(head, profile))
  }

  /** @param name as `list` has it, or one of its aliases, in small letters. */
  async find(name: string): Promise<Talkable | undefined> {
    const profile = this.#deps.profile()
    await this.#readUnless(FRESH_MS)
    const head = this.#byName.get(name) ?? (await this.#newest(name))
    return head && talkableCharacter(head, profile)
  }

  /** The next who asks is told what the library has then. */
  forget(): void {
    this.#changes += 1
    this.#readAtMs = -Infinity
    this.#reading = undefined
  }

  /** One that came after the list was read. */
  async #newest(name: string): Promise<CharacterHead | undefined> {
    const { heads } = await this.#deps.characters.heads({ ids: [name.slice(CHARACTER_PREFIX.length)] })
    if (heads[0]) return heads[0]
    await this.#readUnless(REREAD_MS)
    return this.#byName.get(name)
  }

  async #readUnless(freshMs: number): Promise<void> {
    if (this.#deps.clock.nowMs() - this.#readAtMs < freshMs) return
    const reading = (this.#reading ??= this.#read())
    try {
      await reading
    } finally {
      if (this.#reading === reading) this.#reading = undefined
    }
  }

  async #read(): Promise<void> {
    const changes = this.#changes
    const heads: CharacterHead[] = []
    for (let total = 1; heads.length < total;) {
      const page = await this.#deps.characters.heads({ limit: PAGE_HEADS, offset: heads.length })
      heads.push(...page.heads)
      total = page.heads.length === 0 ? 0 : page.total
    }
    if (this.#changes !== changes) return
    this.#heads = heads
    this.#byName = namesOf(heads, this.#deps.profile())
    this.#readAtMs = this.#deps.clock.nowMs()
  }
}

/** Ids before names, and who comes first has the name. */
function namesOf(heads: readonly CharacterHead[], profile: ModelProfile): ReadonlyMap<string, CharacterHead> {
  const names = new Map(heads.map((head) => [`${CHARACTER_PREFIX}${head.id}`.toLowerCase(), head]))
  for (const head of heads) {
    for (const alias of talkableCharacter(head, profile).aliases) {
      if (!names.has(alias)) names.set(alias, head)
    }
  }
  return names
}
