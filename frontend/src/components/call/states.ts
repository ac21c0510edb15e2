import { type CallState } from '../../stores/types.ts'

/** How a state looks beside its words: a shape that breathes, pulses, rests or warns. */
export type StateLook = 'rest' | 'open' | 'busy' | 'voice' | 'off' | 'wrong'

export const STATE_LOOKS: Record<CallState, StateLook> = {
  connecting: 'busy',
  ready: 'rest',
  listening: 'open',
  hearing: 'voice',
  transcribing: 'busy',
  thinking: 'busy',
  speaking: 'voice',
  interrupted: 'rest',
  muted: 'off',
  on_hold: 'off',
  reconnecting: 'busy',
  mic_blocked: 'wrong',
  model_loading: 'busy',
}
