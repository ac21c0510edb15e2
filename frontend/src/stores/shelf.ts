import { shallowRef, type ShallowRef } from 'vue'

/** A list of stored things, kept in step by their keys. */
export class Shelf<Item> {
  readonly items: ShallowRef<readonly Item[]> = shallowRef([])
  readonly #keyOf: (item: Item) => string

  constructor(keyOf: (item: Item) => string) {
    this.#keyOf = keyOf
  }

  find(key: string): Item | undefined {
    return this.items.value.find((item) => this.#keyOf(item) === key)
  }

  /** In its place if it is known, at the end if not. */
  put(item: Item): void {
    const index = this.#indexOf(this.#keyOf(item))
    this.items.value = index === -1 ? [...this.items.value, item] : this.items.value.with(index, item)
  }

  putFirst(item: Item): void {
    this.remove(this.#keyOf(item))
    this.items.value = [item, ...this.items.value]
  }

  /** Adds those that are not known yet. */
  append(items: readonly Item[]): void {
    const isNew = (item: Item): boolean => this.#indexOf(this.#keyOf(item)) === -1
    this.items.value = [...this.items.value, ...items.filter(isNew)]
  }

  remove(key: string): void {
    this.items.value = this.items.value.filter((item) => this.#keyOf(item) !== key)
  }

  #indexOf(key: string): number {
    return this.items.value.findIndex((item) => this.#keyOf(item) === key)
  }
}
