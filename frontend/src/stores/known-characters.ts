import { type Character } from '#shared/entities.ts'
import { Shelf } from './shelf.ts'
import { type Stage } from './stage.ts'

/** Whole characters: those on stage, and those that were opened. Kept in step with the server. */
export class KnownCharacters {
  readonly shelf = new Shelf<Character>(({ id }) => id)
  readonly #client: Stage['client']

  constructor({ client }: Stage) {
    this.#client = client
    client.on('character_updated', ({ data }) => this.#renew(data))
    client.on('character_deleted', ({ data }) => this.shelf.remove(data.id))
    client.on('characters_changed', ({ data }) => this.#fetchAgain(data.ids))
    client.on('active_characters', ({ data }) => this.#keep(data.characters))
    client.on('conversation_opened', ({ data }) => this.#keep(data.active_characters))
    client.on('ready', ({ data }) => {
      this.#keep(data.active_characters)
      // What was changed while nobody listened.
      const told = new Set(data.active_characters.map(({ id }) => id))
      this.#fetchAgain(this.shelf.items.value.map(({ id }) => id).filter((id) => !told.has(id)))
    })
  }

  /** As it is stored now. @throws RequestError, `not_found` if there is nobody of this id. */
  async open(id: string): Promise<Character> {
    const character = await this.#client.request('get_character', { id })
    this.#keep([character])
    return character
  }

  /** Those of these ids who are there, in this order; asks for those it does not know. */
  async all(ids: readonly string[]): Promise<Character[]> {
    const findOrOpen = async (id: string): Promise<Character | undefined> =>
      this.shelf.find(id) ?? (await this.open(id).catch(() => undefined))
    const found = await Promise.all(ids.map(findOrOpen))
    return found.filter((one) => one !== undefined)
  }

  #keep(characters: readonly Character[]): void {
    for (const character of characters) this.shelf.put(character)
  }

  #renew(character: Character): void {
    if (this.shelf.find(character.id) !== undefined) this.shelf.put(character)
  }

  #fetchAgain(ids: readonly string[]): void {
    for (const id of ids) {
      if (this.shelf.find(id) === undefined) continue
      this.open(id).catch((error: unknown) => {
        if (isGone(error)) this.shelf.remove(id)
      })
    }
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'not_found'
}
