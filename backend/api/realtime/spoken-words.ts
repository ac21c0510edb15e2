import { type TranscriptionSession } from '../../engines/contracts.ts'
import { type Clock } from '../../lib/clock.ts'
import { deferred } from '../../lib/deferred.ts'
import { transcribeUtterance } from '../../pipeline/transcribe.ts'

export interface SpokenWordsDeps {
  readonly session: TranscriptionSession
  readonly clock: Clock
  readonly finalTimeoutMs: number
}

/**
 * The words of one spoken item, while they become clear. Who pauses in the middle of a sentence says one item in
 * several pieces.
 */
export class SpokenWords {
  readonly #deps: SpokenWordsDeps
  readonly #cancel = new AbortController()
  readonly #done = deferred<string>()
  #finals: string[] = []
  #latest = ''
  #stable = ''
  #openPieces = 0
  #isWhole = false
  #told = ''
  #onDelta: ((delta: string) => void) | undefined
  /** Called whenever a piece has got its final text. */
  onPiece: () => void = () => {}

  constructor(deps: SpokenWordsDeps) {
    this.#deps = deps
    this.#done.promise.catch(() => {}) // Whoever asks is told.
  }

  /** The best guess by now. */
  get text(): string {
    return joined([...this.#finals, this.#latest])
  }

  /** Whether everything heard so far has got its final text. */
  get isSettled(): boolean {
    return this.#openPieces === 0
  }

  add(audio: AsyncIterable<Int16Array>): void {
    this.#openPieces += 1
    this.#transcribe(audio).then(
      () => this.#endPiece(),
      (error: unknown) => this.#done.reject(error),
    )
  }

  /** Nothing more comes. @returns the whole text; empty if no words were heard. @throws what the recogniser throws. */
  whole(): Promise<string> {
    this.#isWhole = true
    this.#settle()
    return this.#done.promise
  }

  /** From now on tells what is certain, piece by piece; what is certain already at once. */
  follow(onDelta: (delta: string) => void): void {
    this.#onDelta = onDelta
    this.#tell()
  }

  cancel(): void {
    this.#onDelta = undefined
    this.#cancel.abort(new Error('No longer wanted'))
  }

  async #transcribe(audio: AsyncIterable<Int16Array>): Promise<void> {
    for await (const { type, text } of transcribeUtterance(this.#deps, audio, this.#cancel.signal)) {
      if (type === 'update') this.#latest = text
      if (type === 'stabilized') this.#stable = text
      if (type === 'final') {
        this.#finals.push(text.trim())
        this.#latest = ''
        this.#stable = ''
      }
      this.#tell()
    }
  }

  #endPiece(): void {
    this.#openPieces -= 1
    this.#settle()
    this.onPiece()
  }

  #settle(): void {
    if (this.#isWhole && this.#openPieces === 0) this.#done.resolve(joined(this.#finals))
  }

  /** Recognisers rarely take back what was certain; then the whole text at the end tells better. */
  #tell(): void {
    const certain = joined([...this.#finals, this.#stable])
    if (!this.#onDelta || !certain.startsWith(this.#told) || certain === this.#told) return
    const delta = certain.slice(this.#told.length)
    this.#told = certain
    this.#onDelta(delta)
  }
}

function joined(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(' ')
}
