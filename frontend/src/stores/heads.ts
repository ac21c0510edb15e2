import { shallowReactive } from 'vue'
import { type Character, type CharacterHead } from '#shared/entities.ts'
import { type Stage } from './stage.ts'

/** As many as one request may ask for. */
const MOST_AT_ONCE = 500
/** As `tagline` is made by the server. */
const TAGLINE = 160

/**
 * What lists show of characters, by id. Whoever is not known yet is asked for, together with all others who are asked
 * for at the same time, and shows when the answer is there: a library of ten thousand is never fetched as a whole.
 */
export class Heads {
  readonly #known = shallowReactive(new Map<string, CharacterHead>())
  /** Asked for, or known not to be there. */
  readonly #asked = new Set<string>()
  readonly #waiting = new Set<string>()
  /** Asked for in vain, because the line was broken. */
  readonly #missed = new Set<string>()
  readonly #client: Stage['client']

  constructor({ client }: Stage) {
    this.#client = client
    client.on('character_created', ({ data }) => this.learn(data))
    client.on('character_updated', ({ data }) => this.learn(data))
    client.on('character_deleted', ({ data }) => this.forget(data.id))
    client.on('characters_changed', ({ data }) => this.#askAgain(data.ids))
    // What was changed while nobody listened is asked for anew.
    client.on('ready', () => {
      this.#asked.clear()
      this.#ask([...this.#known.keys(), ...this.#missed], true)
      this.#missed.clear()
    })
  }

  /** Reactive: of somebody unknown, `undefined` until the server has answered. */
  find(id: string): CharacterHead | undefined {
    const known = this.#known.get(id)
    if (known === undefined) this.#ask([id])
    return known
  }

  /** What is known already, without asking. */
  known(id: string): CharacterHead | undefined {
    return this.#known.get(id)
  }

  put(heads: readonly CharacterHead[]): void {
    for (const head of heads) this.#known.set(head.id, head)
  }

  /** Shows at once what a change says; what it does not say is asked for. */
  learn(character: Character): void {
    const known = this.#known.get(character.id)
    this.#known.set(character.id, headOf(character, known))
    if (known === undefined) this.#asked.delete(character.id)
    this.#ask([character.id], true)
  }

  forget(id: string): void {
    this.#known.delete(id)
    this.#asked.add(id)
  }

  #askAgain(ids: readonly string[]): void {
    for (const id of ids) this.#asked.delete(id)
    this.#ask(
      ids.filter((id) => this.#known.has(id)),
      true,
    )
  }

  #ask(ids: readonly string[], isAgain = false): void {
    const wanted = ids.filter((id) => isAgain || !this.#asked.has(id))
    if (wanted.length === 0) return
    if (this.#waiting.size === 0) queueMicrotask(() => void this.#fetch())
    for (const id of wanted) {
      this.#asked.add(id)
      this.#waiting.add(id)
    }
  }

  async #fetch(): Promise<void> {
    const ids = [...this.#waiting]
    this.#waiting.clear()
    for (let from = 0; from < ids.length; from += MOST_AT_ONCE) {
      await this.#fetchPage(ids.slice(from, from + MOST_AT_ONCE))
    }
  }

  async #fetchPage(ids: string[]): Promise<void> {
    try {
      const { heads } = await this.#client.request('get_character_heads', { ids, limit: ids.length })
      const found = new Set(heads.map(({ id }) => id))
      for (const id of ids) if (!found.has(id)) this.#known.delete(id)
      this.put(heads)
    } catch {
      // Asked for again when the line is open again.
      for (const id of ids) this.#missed.add(id)
    }
  }
}

/** A head of a whole character; what only the server can count is as it was. */
function headOf(character: Character, known: CharacterHead | undefined): CharacterHead {
  return {
    id: character.id,
    name: character.name,
    nickname: character.nickname,
    color: character.color,
    voice_id: character.voice_id,
    image_url: character.image_url,
    tags: character.tags,
    is_favourite: character.is_favourite,
    is_active: character.is_active,
    creator: character.creator,
    revision: character.revision,
    created_at: character.created_at,
    updated_at: character.updated_at,
    tagline: character.description
      .slice(0, 4 * TAGLINE)
      .replaceAll(/\s+/g, ' ')
      .trim()
      .slice(0, TAGLINE),
    greeting_count: Number(character.first_message !== '') + character.alternate_greetings.length,
    has_lore: character.lorebook_ids.length > 0,
    token_count: known?.token_count ?? 0,
    chat_count: known?.chat_count ?? 0,
    last_chat_at: known?.last_chat_at ?? null,
  }
}
