/** What exists inside an AudioWorklet; TypeScript's DOM library leaves it out. */
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort
  abstract process(inputs: Float32Array<ArrayBuffer>[][], outputs: Float32Array<ArrayBuffer>[][]): boolean
}
declare function registerProcessor(
  name: string,
  processor: new (options: AudioWorkletNodeOptions) => AudioWorkletProcessor,
): void
declare const sampleRate: number
declare const currentFrame: number

/** Not in TypeScript's DOM library yet, and not in every browser. */
interface AudioContext {
  setSinkId?(sinkId: string): Promise<void>
}

/** Made by `build/licences.ts`. */
declare module 'virtual:licences' {
  export const licences: readonly {
    readonly name: string
    readonly version: string
    readonly licence: string
  }[]
}
