import { TAP_PROCESSOR } from './tap-messages.ts'

/** Lets sound through unchanged and hands a copy of it to the page. */
class TapProcessor extends AudioWorkletProcessor {
  process(inputs: Float32Array<ArrayBuffer>[][], outputs: Float32Array<ArrayBuffer>[][]): boolean {
    const input = inputs[0]?.[0]
    if (input === undefined) return true
    for (const channel of outputs[0] ?? []) channel.set(input)
    this.port.postMessage({ frame: currentFrame, samples: input.slice() })
    return true
  }
}

registerProcessor(TAP_PROCESSOR, TapProcessor)
