/** A small deterministic source of choices: the same name always draws the same picture. */
export type Choices = {
  /** 0 ≤ value < 1. */
  next: () => number
  pick: <Item>(items: readonly [Item, ...Item[]]) => Item
}

/** FNV-1a over the name, case and outer spaces aside. */
export function hashOf(name: string): number {
  let hash = 0x811c9dc5
  for (const char of name.trim().toLowerCase()) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0
  }
  return hash
}

/** Shuffles the deck once for all names; chosen so that the starter characters look unlike each other. */
const DECK = 47_809

/** Mulberry32, seeded by the name. */
export function choicesFor(name: string): Choices {
  let state = (hashOf(name) ^ DECK) >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return { next, pick: (items) => items[Math.floor(next() * items.length)] ?? items[0] }
}
