import { type Decoder } from './decoder.ts'

const SAMPLES_PER_SECOND = 16_000
const PARTIAL_EVERY_SAMPLES = 0.2 * SAMPLES_PER_SECOND
/** The cost of the final text grows with the length, so long speech is closed piece by piece: at a pause … */
const PIECE_SAMPLES = 15 * SAMPLES_PER_SECOND
/** … or in the middle of it. */
const LONGEST_PIECE_SAMPLES = 30 * SAMPLES_PER_SECOND

type Speech = Pick<Decoder, 'start' | 'process' | 'end' | 'text' | 'isHearingSpeech'>

/** One utterance on its way through the decoder. */
export class UtteranceDecoding {
  readonly #decoder: Speech
  readonly #pieces: string[] = []
  #pieceSamples = 0
  #untilPartialSamples = PARTIAL_EVERY_SAMPLES
  #lastPartial = ''

  constructor(decoder: Speech) {
    this.#decoder = decoder
    decoder.start()
  }

  /** @returns the text so far if it is time for it and it is new. */
  process(pcm: Int16Array): string | undefined {
    this.#decoder.process(pcm)
    this.#pieceSamples += pcm.length
    this.#untilPartialSamples -= pcm.length
    if (this.#isPieceComplete()) this.#closePiece()
    if (this.#untilPartialSamples > 0) return undefined
    this.#untilPartialSamples = PARTIAL_EVERY_SAMPLES
    const partial = this.#textWith(this.#decoder.text)
    if (partial === this.#lastPartial) return undefined
    this.#lastPartial = partial
    return partial
  }

  end(): string {
    this.#decoder.end()
    return this.#textWith(this.#decoder.text)
  }

  /** Ends without asking for the text, which is the dear part. */
  cancel(): void {
    this.#decoder.end()
  }

  #isPieceComplete(): boolean {
    if (this.#pieceSamples < PIECE_SAMPLES) return false
    return this.#pieceSamples >= LONGEST_PIECE_SAMPLES || !this.#decoder.isHearingSpeech
  }

  #closePiece(): void {
    this.#decoder.end()
    this.#pieces.push(this.#decoder.text)
    this.#decoder.start()
    this.#pieceSamples = 0
  }

  #textWith(current: string): string {
    return [...this.#pieces, current].filter((piece) => piece !== '').join(' ')
  }
}
