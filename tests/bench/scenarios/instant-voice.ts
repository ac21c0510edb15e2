import { type SpeechChunk, type SpeechRequest, type Synthesizer } from '../../../backend/engines/contracts.ts'

const SAMPLE_RATE = 16_000
/** 100 ms. */
const CHUNK_SAMPLES = 1_600

/** A voice that costs nothing: not even a timer stands between the text and its sound. */
export class InstantVoice implements Synthesizer {
  readonly name = 'instant'
  readonly voices = [{ id: 'instant', name: 'Instant' }]
  readonly canClone = false
  readonly honours = []
  readonly sampleRate = SAMPLE_RATE

  status() {
    return { name: this.name, ready: true }
  }

  async listVoices() {
    return this.voices
  }

  /** A chunk for every word. */
  async *synthesize({ text }: SpeechRequest, signal: AbortSignal): AsyncGenerator<SpeechChunk> {
    for (const _word of text.split(' ')) {
      signal.throwIfAborted()
      yield { pcm: new Int16Array(CHUNK_SAMPLES).fill(1_000) }
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve()
  }
}
