import { defineStore } from 'pinia'
import { computed, ref, type Ref } from 'vue'
import { type ListeningMode } from '#shared/protocol/commands.ts'
import { toMeter } from '../audio/pcm.ts'
import { CallDevices } from './call-devices.ts'
import { CallMic } from './call-mic.ts'
import { callStateOf, wordsFor, type Situation } from './call-state.ts'
import { useConnection } from './connection.ts'
import { useRoom } from './room.ts'
import { useStage } from './stage.ts'

/** The call: microphone, sound, and the one state that is shown. */
export const useCall = defineStore('call', () => {
  const stage = useStage()
  const room = useRoom()
  const mic = new CallMic(stage)
  const devices = new CallDevices()
  const isInCall = ref(false)
  const situation = situationOf({ mic, isInCall, isOnHold: onHold(mic) })
  const state = computed(() => callStateOf(situation.value))

  return {
    isInCall,
    state,
    /** The state in words, e.g. "Nora is speaking". */
    stateWords: computed(() => wordsFor(state.value, situation.value)),
    mode: mic.mode,
    isMicMuted: mic.isMuted,
    /** Push-to-talk is held. */
    isTalking: mic.isTalking,
    micLevel: mic.level,
    playLevel: computed(() => toMeter(room.playLevel)),
    inputDevices: devices.inputs,
    outputDevices: devices.outputs,
    inputDeviceId: devices.inputId,
    outputDeviceId: devices.outputId,
    micProblem: mic.problem,
    ...verbsOf(mic, devices, isInCall),
    ...voiceSwitch(),
  }
})

/** Whether the system holds the microphone or all sound back, as during a telephone call. */
function onHold(mic: CallMic): Ref<boolean> {
  const isSilenced = ref(false)
  useStage().output.onSuspended((isSuspended) => {
    isSilenced.value = isSuspended
  })
  return computed(() => isSilenced.value || mic.isOnHold.value)
}

function situationOf(call: { mic: CallMic; isInCall: Ref<boolean>; isOnHold: Ref<boolean> }) {
  const { mic, isInCall, isOnHold } = call
  const connection = useConnection()
  const room = useRoom()
  const nameOf = (id: string | null): string => room.cast.find((one) => one.id === id)?.name ?? 'Somebody'
  return computed<Situation>(() => ({
    connection: connection.status,
    attempt: connection.attempt,
    isModelReady: connection.engines?.llm.ready ?? true,
    activity: room.activity,
    isInCall: isInCall.value,
    isOpeningMic: mic.isOpening.value,
    hasMicProblem: mic.problem.value !== null,
    isOnHold: isOnHold.value,
    isMicMuted: mic.isMuted.value,
    isPushToTalk: mic.mode.value === 'push_to_talk',
    isTalking: mic.isTalking.value,
    speakerName: nameOf(room.speakingCharacterId),
    thinkerName: nameOf(room.thinkingCharacterId),
  }))
}

function verbsOf(mic: CallMic, devices: CallDevices, isInCall: Ref<boolean>) {
  const { output, client } = useStage()
  const room = useRoom()
  return {
    /** To be called in a user's gesture. What is wrong with the microphone is told in `micProblem`. */
    async start(): Promise<void> {
      output.unlock()
      isInCall.value = true
      await mic.start(devices.inputId.value)
      await devices.refresh()
    },
    hangUp(): void {
      if (!isInCall.value) return
      isInCall.value = false
      mic.stop()
      if (room.activity !== 'idle') client.interrupt()
    },
    setMode: (mode: ListeningMode): void => mic.setMode(mode),
    toggleMic: (): void => void mic.toggleMuted(),
    talkStart: (): void => mic.talkStart(),
    talkEnd: (): void => mic.talkEnd(),
    talkCancel: (): void => mic.talkCancel(),
    async chooseInput(deviceId: string): Promise<void> {
      devices.chooseInput(deviceId)
      await mic.choose(deviceId)
    },
    async chooseOutput(deviceId: string): Promise<void> {
      await output.chooseOutput(deviceId)
      devices.chooseOutput(deviceId)
    },
    /** Whether this browser can send sound to a chosen device. */
    canChooseOutput: computed(() => output.canChooseOutput),
  }
}

/** The characters' voices, on or off; off, their text goes on and counts as heard. */
function voiceSwitch() {
  const { playback } = useStage()
  const isVoiceOn = ref(true)
  return {
    isVoiceOn,
    toggleVoice(): void {
      isVoiceOn.value = !isVoiceOn.value
      playback.send({ type: 'voice', isOn: isVoiceOn.value })
    },
  }
}
