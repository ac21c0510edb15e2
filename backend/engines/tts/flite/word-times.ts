import { type SpokenWordTime } from '../../contracts.ts'
import { type Span } from './alignment.ts'
import { type Unit } from './pieces.ts'

/** Assumed until something was spoken. */
const SAMPLES_PER_LETTER = 1_000

/** When each word of a text is heard: exact for the pieces spoken so far, estimated for those to come. */
export class WordTimes {
  readonly #texts: readonly string[]
  readonly #spans: Span[] = []
  #samples = 0
  #letters = 0

  constructor(texts: readonly string[]) {
    this.#texts = texts
  }

  get isEmpty(): boolean {
    return this.#samples === 0
  }

  /**
   * Adds a piece behind those before.
   * @param spans of its units, in samples of the piece.
   */
  add(units: readonly Unit[], spans: readonly Span[], pieceSamples: number): void {
    for (const [index, { word, reading }] of units.entries()) {
      const span = spans[index] ?? { start: 0, end: 0 }
      const before = this.#spans[word]
      const start = before?.start ?? this.#samples + span.start
      this.#fillUpTo(word)
      this.#spans[word] = { start, end: this.#samples + span.end }
      this.#letters += reading.length + 1
    }
    this.#samples += pieceSamples
  }

  /** Every word of the text in order. */
  words(): SpokenWordTime[] {
    const pace = this.#letters > 0 ? this.#samples / this.#letters : SAMPLES_PER_LETTER
    let at = this.#samples
    return this.#texts.map((text, word) => {
      const span = this.#spans[word]
      if (span) return { text, startSample: span.start, endSample: span.end }
      const startSample = Math.round(at)
      at += (text.length + 1) * pace
      return { text, startSample, endSample: Math.round(at) }
    })
  }

  /** Words of pieces that had nothing to pronounce stand where they would have been heard. */
  #fillUpTo(word: number): void {
    while (this.#spans.length < word) this.#spans.push({ start: this.#samples, end: this.#samples })
  }
}
