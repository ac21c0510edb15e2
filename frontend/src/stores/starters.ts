import { shallowRef, type ShallowRef } from 'vue'
import { type CharacterHead } from '#shared/entities.ts'
import { type Heads } from './heads.ts'
import { type Stage } from './stage.ts'

const LOOKED_AT = 24
/** A file of many cards must not make as many questions. */
const PAUSE_MS = 300

/** The few who are shown on an empty stage: favourites first, kept in step with the server. */
export class Starters {
  readonly ids: ShallowRef<readonly string[]> = shallowRef([])
  readonly #stage: Stage
  readonly #heads: Heads
  #isPlanned = false

  constructor(stage: Stage, heads: Heads) {
    this.#stage = stage
    this.#heads = heads
    const { client } = stage
    client.on('character_created', () => this.#loadSoon())
    client.on('character_updated', () => this.#loadSoon())
    client.on('character_deleted', () => this.#loadSoon())
    client.on('characters_changed', () => this.#loadSoon())
  }

  /** @throws RequestError */
  async load(): Promise<void> {
    const { heads } = await this.#stage.client.request('get_character_heads', {
      sort: 'favourite',
      limit: LOOKED_AT,
    })
    this.#heads.put(heads)
    this.ids.value = heads.map(({ id }) => id)
  }

  get all(): CharacterHead[] {
    return this.ids.value.flatMap((id) => this.#heads.known(id) ?? [])
  }

  #loadSoon(): void {
    if (this.#isPlanned) return
    this.#isPlanned = true
    this.#stage.clock.after(PAUSE_MS, () => {
      this.#isPlanned = false
      this.load().catch(() => {})
    })
  }
}
