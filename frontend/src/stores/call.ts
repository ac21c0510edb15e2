import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { type ListeningMode } from '#shared/protocol/commands.ts'
import { type CallState, type Device } from './types.ts'

/** The call: microphone, sound, and the one state that is shown. */
export const useCall = defineStore('call', () => ({
  isInCall: ref(false),
  state: ref<CallState>('connecting'),
  /** The state in words, e.g. "Nora is speaking". */
  stateWords: ref('Connecting'),
  mode: ref<ListeningMode>('hands_free'),
  isMicMuted: ref(false),
  /** Push-to-talk is held. */
  isTalking: ref(false),
  /** 0 … 1 */
  micLevel: ref(0),
  /** 0 … 1, of what is being played. */
  playLevel: ref(0),
  inputDevices: shallowRef<readonly Device[]>([]),
  outputDevices: shallowRef<readonly Device[]>([]),
  inputDeviceId: ref('default'),
  outputDeviceId: ref('default'),
  /** Whether this browser can send sound to a chosen device. */
  canChooseOutput: ref(false),
  isVoiceOn: ref(true),
  /** What happened to the microphone, and what to do. */
  micProblem: ref<string | null>(null),
  start: async (): Promise<void> => {},
  hangUp: (): void => {},
  setMode: (_mode: ListeningMode): void => {},
  toggleMic: (): void => {},
  talkStart: (): void => {},
  talkEnd: (): void => {},
  talkCancel: (): void => {},
  chooseInput: async (_deviceId: string): Promise<void> => {},
  chooseOutput: async (_deviceId: string): Promise<void> => {},
  toggleVoice: (): void => {},
}))
