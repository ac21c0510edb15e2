import { CaptureFramer } from './capture-framer.ts'
import { CAPTURE_PROCESSOR, type CaptureOptions } from './capture-messages.ts'

/** Hands the microphone's sound to the page in frames of 20 ms. */
class CaptureProcessor extends AudioWorkletProcessor {
  readonly #framer: CaptureFramer

  constructor(options: { processorOptions?: CaptureOptions }) {
    super()
    this.#framer = new CaptureFramer(sampleRate, options.processorOptions?.rateHz)
  }

  process(inputs: Float32Array<ArrayBuffer>[][]): boolean {
    const input = inputs[0]?.[0]
    if (input === undefined) return true
    for (const frame of this.#framer.push(input)) this.port.postMessage(frame, [frame.pcm.buffer])
    return true
  }
}

registerProcessor(CAPTURE_PROCESSOR, CaptureProcessor)
