import { type CallState } from '../../stores/types.ts'

/** How a state looks beside its words: a shape that breathes, pulses, rests or warns. */
export type StateLook = 'rest' | 'open' | 'busy' | 'voice' | 'off' | 'cut' | 'wrong'

export const STATE_LOOKS: Record<CallState, StateLook> = {
  connecting: 'busy',
  ready: 'rest',
  listening: 'open',
  hearing: 'voice',
  transcribing: 'busy',
  thinking: 'busy',
  speaking: 'voice',
  interrupted: 'cut',
  muted: 'off',
  on_hold: 'cut',
  reconnecting: 'busy',
  mic_blocked: 'wrong',
  model_loading: 'busy',
}
