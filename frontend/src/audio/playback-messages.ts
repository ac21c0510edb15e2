import { type AudioFrame } from '#shared/protocol/audio-frame.ts'
import { type StreamKey } from './playback-segment.ts'

export const PLAYBACK_PROCESSOR = 'troupe-playback'

/** What the page tells the playback worklet; it answers with `PlaybackReport`s. */
export type PlaybackCommand =
  | (StreamKey & { readonly type: 'start'; readonly sampleRate: number; readonly isMuted: boolean })
  | { readonly type: 'frame'; readonly frame: AudioFrame }
  | (StreamKey & { readonly type: 'end' })
  | { readonly type: 'end_turn'; readonly epoch: number }
  | { readonly type: 'cut'; readonly epoch: number }
  | { readonly type: 'reset' }
  | { readonly type: 'voice'; readonly isOn: boolean }
  | { readonly type: 'duck'; readonly isDucked: boolean }
  | (StreamKey & { readonly type: 'mute'; readonly isMuted: boolean })
