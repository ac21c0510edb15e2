/** What the engine and its child processes say to each other. Utterances are numbered; they never overlap. */

export type ToRecognizer =
  | { readonly type: 'start'; readonly utterance: number }
  /** `pcm` must own its whole buffer: the channel copies the buffer, not the view. */
  | { readonly type: 'audio'; readonly utterance: number; readonly pcm: Int16Array }
  | { readonly type: 'end'; readonly utterance: number }
  | { readonly type: 'cancel'; readonly utterance: number }

export type FromRecognizer =
  | { readonly type: 'ready' }
  /** It cannot work, and exits. */
  | { readonly type: 'broken'; readonly reason: string }
  | { readonly type: 'partial' | 'final'; readonly utterance: number; readonly text: string }
  | { readonly type: 'cancelled'; readonly utterance: number }
