export const TAP_PROCESSOR = 'troupe-tap'

export interface TapBlock {
  /** Number of the first sample since the context began. */
  readonly frame: number
  readonly samples: Float32Array<ArrayBuffer>
}
