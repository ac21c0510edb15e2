export const CAPTURE_PROCESSOR = 'troupe-capture'

/** What the capture worklet is told when it is made. */
export interface CaptureOptions {
  /** Samples per second of the frames it gives out. */
  readonly rateHz: number
}
