import { AppError } from '../../errors.ts'
import { type Item, type SaidPart, soundBytesOf } from './items.ts'

/** Older sound is forgotten first; its words stay. */
const MAX_SOUND_BYTES = 64 * 1024 * 1024
/** The oldest are forgotten first. */
const MAX_ITEMS = 4_000

/** The items of a conversation, in order. */
export class ItemList {
  #items: Item[] = []

  get all(): readonly Item[] {
    return this.#items
  }

  get lastId(): string | null {
    return this.#items.at(-1)?.id ?? null
  }

  find(id: string): Item | undefined {
    return this.#items.find((item) => item.id === id)
  }

  /** @throws AppError `not_found` */
  get(id: string): Item {
    const item = this.find(id)
    if (!item) throw new AppError('not_found', `There is no item "${id}" in this conversation`)
    return item
  }

  /**
   * @param previousId behind which it goes: `root` for the front; absent for the end.
   * @returns the id of the item in front of it.
   * @throws AppError `not_found` if there is no such item, `conflict` if its own id is taken.
   */
  insert(item: Item, previousId?: string | null): string | null {
    if (this.find(item.id)) throw new AppError('conflict', `There is an item "${item.id}" already`)
    const at = this.#placeBehind(previousId)
    this.#items.splice(at, 0, item)
    const previous = this.#items[at - 1]?.id ?? null
    this.#keepWithinLimits()
    return previous
  }

  previousIdOf(item: Item): string | null {
    return this.#items[this.#items.indexOf(item) - 1]?.id ?? null
  }

  /** @throws AppError `not_found` */
  remove(id: string): Item {
    const item = this.get(id)
    this.#items = this.#items.filter((other) => other !== item)
    return item
  }

  /**
   * Cuts what was said to what was heard.
   * @throws AppError `not_found`; `invalid` if the item has no such sound.
   */
  truncate(id: string, { contentIndex, endMs }: { contentIndex: number; endMs: number }): void {
    const part = this.#saidPart(this.get(id), contentIndex)
    if (endMs > Math.ceil(part.sound.durationMs)) {
      const has = Math.floor(part.sound.durationMs)
      throw new AppError('invalid', `Audio content of ${has} ms is already shorter than ${endMs} ms`)
    }
    part.sound.cut({ toMs: endMs })
    part.heardMs = Math.min(part.heardMs, endMs)
  }

  #saidPart(item: Item, index: number): SaidPart {
    const part = item.type === 'message' ? item.content[index] : undefined
    if (part?.type === 'output_audio') return part
    throw new AppError('invalid', 'Only what was said aloud by the model can be truncated')
  }

  #placeBehind(previousId: string | null | undefined): number {
    if (previousId === undefined || previousId === null) return this.#items.length
    if (previousId === 'root') return 0
    return this.#items.indexOf(this.get(previousId)) + 1
  }

  #keepWithinLimits(): void {
    if (this.#items.length > MAX_ITEMS) this.#items = this.#items.slice(-MAX_ITEMS)
    let bytes = 0
    for (const item of this.#items.toReversed()) {
      bytes += soundBytesOf(item)
      if (bytes > MAX_SOUND_BYTES) forgetSound(item)
    }
  }
}

function forgetSound(item: Item): void {
  if (item.type !== 'message' || item.status === 'in_progress') return
  for (const part of item.content) if ('sound' in part) part.sound.cut({ toMs: 0 })
}
