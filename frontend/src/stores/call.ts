import { defineStore } from 'pinia'
import { computed, ref, watch, type Ref } from 'vue'
import { type ListeningMode } from '#shared/protocol/commands.ts'
import { toMeter } from '../audio/pcm.ts'
import { t } from '../i18n/index.ts'
import { CallDevices, type HotPlug } from './call-devices.ts'
import { CallMic, type MicWishes } from './call-mic.ts'
import { callStateOf, wordsFor, type Situation } from './call-state.ts'
import { CallTabs } from './call-tabs.ts'
import { useConnection } from './connection.ts'
import { usePreferences } from './preferences.ts'
import { useRoom } from './room.ts'
import { useShell } from './shell.ts'
import { useStage } from './stage.ts'
import { keepAwake } from './wake-lock.ts'

/** The call: microphone, sound, and the one state that is shown. */
export const useCall = defineStore('call', () => {
  const stage = useStage()
  const room = useRoom()
  const mic = new CallMic(stage, micWishes())
  const isInCall = ref(false)
  const situation = situationOf({ mic, isInCall, isOnHold: onHold(mic) })
  const state = computed(() => callStateOf(situation.value))
  const devices: CallDevices = new CallDevices((news) => tellHotPlug(news, deviceVerbs))
  const deviceVerbs = deviceVerbsOf(mic, devices)
  keepAwake(isInCall)
  renewOnChange(mic)

  return {
    isInCall,
    state,
    /** The state in words, e.g. "Nora is speaking". */
    stateWords: computed(() => wordsFor(state.value, situation.value)),
    mode: mic.mode,
    isMicMuted: mic.isMuted,
    /** Push-to-talk is held. */
    isTalking: mic.isTalking,
    /** Somebody talks whom nobody hears. */
    isUnheard: mic.isUnheard,
    micLevel: mic.level,
    playLevel: computed(() => toMeter(room.playLevel)),
    inputDevices: devices.inputs,
    outputDevices: devices.outputs,
    inputDeviceId: devices.inputId,
    outputDeviceId: devices.outputId,
    micProblem: mic.problem,
    ...deviceVerbs,
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

function micWishes(): () => MicWishes {
  const preferences = usePreferences()
  const room = useRoom()
  return () => ({
    pauseMs: preferences.pauseMs,
    canBargeIn: preferences.interruption === 'voice',
    isDeafNow: preferences.interruption === 'never' && room.speakingCharacterId !== null,
    hearsMuted: preferences.hearsMuted,
    gate: preferences.gate,
    processing: {
      echoCancellation: preferences.hasEchoCancellation,
      noiseSuppression: preferences.hasNoiseSuppression,
      autoGainControl: preferences.hasAutoGain,
    },
  })
}

/** What is set differently counts at once, in the middle of a call too. */
function renewOnChange(mic: CallMic): void {
  const preferences = usePreferences()
  watch(
    () => [preferences.hasEchoCancellation, preferences.hasNoiseSuppression, preferences.hasAutoGain],
    () => void mic.renew(true),
  )
  watch([() => preferences.pauseMs, () => preferences.interruption], () => void mic.renew(false))
  watch(
    () => preferences.listeningMode,
    (mode) => mic.setMode(mode),
    { immediate: true, flush: 'sync' },
  )
}

function situationOf(call: { mic: CallMic; isInCall: Ref<boolean>; isOnHold: Ref<boolean> }) {
  const { mic, isInCall, isOnHold } = call
  const connection = useConnection()
  const room = useRoom()
  const nameOf = (id: string | null): string =>
    room.cast.find((one) => one.id === id)?.name ?? t('call.states.somebody')
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
  const preferences = usePreferences()
  const hangUp = (): void => {
    if (!isInCall.value) return
    isInCall.value = false
    mic.stop()
    if (room.activity !== 'idle') client.interrupt({ queued: true })
  }
  const tabs = new CallTabs(() => {
    if (!isInCall.value) return
    hangUp()
    tabs.isElsewhere.value = true
  })
  return {
    hangUp,
    /** Another tab has taken the call over. */
    isElsewhere: tabs.isElsewhere,
    /** To be called in a user's gesture. What is wrong with the microphone is told in `micProblem`. */
    async start(): Promise<void> {
      output.unlock()
      tabs.take()
      isInCall.value = true
      await mic.start(devices.inputId.value)
      await devices.refresh()
    },
    setMode: (mode: ListeningMode): void => {
      preferences.listeningMode = mode
      mic.setMode(mode)
    },
    toggleMic: (): void => void mic.toggleMuted(),
    talkStart: (): void => mic.talkStart(),
    talkEnd: (): void => mic.talkEnd(),
    talkCancel: (): void => mic.talkCancel(),
    /** Ends what is being said, and forgets what waits for its turn. */
    silence: (): void => client.interrupt({ queued: true }),
  }
}

function deviceVerbsOf(mic: CallMic, devices: CallDevices) {
  const { output } = useStage()
  return {
    refreshDevices: () => devices.refresh(),
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

/** Says what came and what went, and offers to use what came. */
function tellHotPlug(
  { kind, device, isHere, wasChosen }: HotPlug,
  verbs: ReturnType<typeof deviceVerbsOf>,
): void {
  const shell = useShell()
  const name = device.label
  const use = (id: string) => (kind === 'input' ? verbs.chooseInput(id) : verbs.chooseOutput(id))
  if (isHere) {
    shell.say(t('call.devices.came', { name }), {
      name: t('call.devices.use'),
      run: () => void use(device.id),
    })
  } else if (wasChosen) {
    shell.say(t('call.devices.left', { name }))
    void use('default')
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
