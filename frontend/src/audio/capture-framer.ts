import { MICROPHONE_FRAME_SAMPLES, MICROPHONE_SAMPLE_RATE } from '#shared/audio.ts'
import { rms, toInt16 } from './pcm.ts'
import { Resampler } from './resampler.ts'

export interface CapturedFrame {
  /** 20 ms, at 16 kHz unless another rate was asked for. */
  readonly pcm: Int16Array<ArrayBuffer>
  /** Root mean square, 0 … 1. */
  readonly level: number
}

/** Cuts sound of any sample rate into the frames the server wants. */
export class CaptureFramer {
  readonly #resampler: Resampler
  readonly #frame: Float32Array<ArrayBuffer>
  #filled = 0

  /** @param deviceRate samples per second of what comes in. @param toHz of what goes out. */
  constructor(deviceRate: number, toHz: number = MICROPHONE_SAMPLE_RATE) {
    this.#resampler = new Resampler({ fromHz: deviceRate, toHz })
    this.#frame = new Float32Array(Math.round((MICROPHONE_FRAME_SAMPLES * toHz) / MICROPHONE_SAMPLE_RATE))
  }

  push(samples: Float32Array<ArrayBuffer>): CapturedFrame[] {
    const frames: CapturedFrame[] = []
    for (const sample of this.#resampler.process(samples)) {
      this.#frame[this.#filled] = sample
      this.#filled += 1
      if (this.#filled === this.#frame.length) frames.push(this.#take())
    }
    return frames
  }

  #take(): CapturedFrame {
    this.#filled = 0
    return { pcm: Int16Array.from(this.#frame, toInt16), level: rms(this.#frame) }
  }
}
