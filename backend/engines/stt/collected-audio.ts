import { MICROPHONE_SAMPLE_RATE } from '#shared/audio.ts'
import { AppError } from '../../errors.ts'
import { encodeWav } from '../../lib/wav.ts'

/** Far above what end-of-turn detection lets through; a file of this length is 9.6 MB. */
const MAX_SAMPLES = 300 * MICROPHONE_SAMPLE_RATE
/** Below this level (of 32 767) no speech can be understood: -46 dB. */
const SILENCE_PEAK = 160

/** An utterance that is put together to be sent as one file. */
export class CollectedAudio {
  readonly #chunks: Int16Array[] = []
  #samples = 0
  #peak = 0

  get samples(): number {
    return this.#samples
  }

  get isSilent(): boolean {
    return this.#peak < SILENCE_PEAK
  }

  /** @throws AppError `engine_rejected` if the utterance becomes too long to be sent. */
  add(pcm: Int16Array): void {
    this.#samples += pcm.length
    if (this.#samples > MAX_SAMPLES) {
      const seconds = MAX_SAMPLES / MICROPHONE_SAMPLE_RATE
      throw new AppError(
        'engine_rejected',
        `Cannot transcribe more than ${seconds} s at once: pause now and then`,
      )
    }
    this.#chunks.push(pcm.slice())
    for (const sample of pcm) this.#peak = Math.max(this.#peak, Math.abs(sample))
  }

  wav(): Uint8Array {
    const samples = new Int16Array(this.#samples)
    let at = 0
    for (const chunk of this.#chunks) {
      samples.set(chunk, at)
      at += chunk.length
    }
    return encodeWav({ sampleRate: MICROPHONE_SAMPLE_RATE, samples })
  }
}
