/** What the detector and its worker say to each other. The worker answers every batch, in order. */

export interface JudgeBatch {
  /** Which stream each window belongs to; one stream may occur several times, oldest window first. */
  readonly streams: readonly number[]
  /** The windows one behind the other. Transferred. */
  readonly samples: Int16Array<ArrayBuffer>
  /** Streams that end with this batch. */
  readonly closed: readonly number[]
}

export type FromWorker =
  | { readonly type: 'ready' }
  /** One probability per window of the batch. Transferred. */
  | { readonly type: 'judged'; readonly probabilities: Float32Array<ArrayBuffer> }
