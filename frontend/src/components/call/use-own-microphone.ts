import { onScopeDispose } from 'vue'
import { useCall } from '../../stores/call.ts'
import { usePreferences } from '../../stores/preferences.ts'
import { useStage } from '../../stores/stage.ts'

/** The microphone for trying it out: opened if no call has it, and given back. */
export function useOwnMicrophone() {
  const { microphone } = useStage()
  const call = useCall()
  const preferences = usePreferences()
  let isOwn = false

  /** @throws MicrophoneError with words for the user. */
  async function open(): Promise<void> {
    if (microphone.isOpen) return
    isOwn = true
    await microphone.open(call.inputDeviceId, {
      echoCancellation: preferences.hasEchoCancellation,
      noiseSuppression: preferences.hasNoiseSuppression,
      autoGainControl: preferences.hasAutoGain,
    })
    await call.refreshDevices()
  }

  function close(): void {
    if (isOwn && !call.isInCall) microphone.close()
    isOwn = false
  }

  onScopeDispose(close)
  return { microphone, open, close }
}
