/**
 * Ends a text at the first of several stop texts, as a server would, for those it does not take. What may be the
 * beginning of one is held back.
 */
export class StopTexts {
  readonly #stops: readonly string[]
  #held = ''
  #isStopped = false

  constructor(stops: readonly string[]) {
    this.#stops = stops
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  /** @returns what can be given out. */
  push(delta: string): string {
    if (this.#stops.length === 0) return delta
    if (this.#isStopped) return ''
    const text = this.#held + delta
    const at = this.#firstStop(text)
    this.#isStopped = at !== undefined
    const until = at ?? startOfPartial(text, this.#stops)
    this.#held = this.#isStopped ? '' : text.slice(until)
    return text.slice(0, until)
  }

  /** What looked like the beginning of a stop text but was none. */
  flush(): string {
    const held = this.#held
    this.#held = ''
    return held
  }

  #firstStop(text: string): number | undefined {
    const places = this.#stops.map((stop) => text.indexOf(stop)).filter((place) => place !== -1)
    return places.length === 0 ? undefined : Math.min(...places)
  }
}

/** Where the longest end of `text` begins that is the beginning of a stop text. */
function startOfPartial(text: string, stops: readonly string[]): number {
  const longest = Math.max(...stops.map((stop) => stop.length)) - 1
  for (let from = Math.max(0, text.length - longest); from < text.length; from += 1) {
    const end = text.slice(from)
    if (stops.some((stop) => stop.startsWith(end))) return from
  }
  return text.length
}
