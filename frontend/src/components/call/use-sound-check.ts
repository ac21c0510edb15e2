import { computed, onScopeDispose, ref } from 'vue'
import { MICROPHONE_SAMPLE_RATE } from '#shared/audio.ts'
import { toFloat } from '../../audio/pcm.ts'
import { playFile, playSamples, playThreeNotes } from '../../audio/test-sound.ts'
import { t } from '../../i18n/index.ts'
import { takeToken } from '../../socket/token.ts'
import { useCall } from '../../stores/call.ts'
import { usePreferences } from '../../stores/preferences.ts'
import { useStage } from '../../stores/stage.ts'

const RECORD_FRAMES = 150
/** Quieter than this is the noise of the microphone itself. */
const HEARD_LEVEL = 0.003

export type SoundCheck = 'idle' | 'recording' | 'playing'

/** Tries out microphone and loudspeaker; the microphone is only open while it is tried, or in a call. */
export function useSoundCheck() {
  const { microphone } = useStage()
  const call = useCall()
  const preferences = usePreferences()
  const doing = ref<SoundCheck>('idle')
  const problem = ref('')
  let isOwn = false

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

  async function attempt(what: SoundCheck, work: () => Promise<void>): Promise<void> {
    if (doing.value !== 'idle') return
    problem.value = ''
    doing.value = what
    try {
      await work()
    } catch (error) {
      problem.value =
        error instanceof Error && error.name === 'MicrophoneError' ? error.message : t('common.failed')
    } finally {
      doing.value = 'idle'
    }
  }

  /** Records three seconds and plays them back. */
  const loopback = () =>
    attempt('recording', async () => {
      await open()
      const { samples, loudest } = await recordFrom(microphone)
      close()
      if (loudest < HEARD_LEVEL) {
        problem.value = t('call.devices.noSound')
        return
      }
      doing.value = 'playing'
      await playSamples(samples, MICROPHONE_SAMPLE_RATE, call.outputDeviceId)
    })

  const chime = () => attempt('playing', () => playThreeNotes(call.outputDeviceId))

  /** Has a voice of the server say a sentence. */
  const sentence = () =>
    attempt('playing', async () => {
      const spoken = await fetchSentence()
      if (spoken === null) problem.value = t('call.devices.sentenceFailed')
      else await playFile(spoken, call.outputDeviceId)
    })

  onScopeDispose(close)
  return {
    doing,
    problem,
    isBusy: computed(() => doing.value !== 'idle'),
    open,
    close,
    loopback,
    chime,
    sentence,
  }
}

type Source = Pick<ReturnType<typeof useStage>['microphone'], 'onFrame'>

async function recordFrom(
  microphone: Source,
): Promise<{ samples: Float32Array<ArrayBuffer>; loudest: number }> {
  const recorded: Int16Array[] = []
  let loudest = 0
  await new Promise<void>((resolve) => {
    const stop = microphone.onFrame(({ pcm, level }) => {
      recorded.push(pcm.slice())
      loudest = Math.max(loudest, level)
      if (recorded.length < RECORD_FRAMES) return
      stop()
      resolve()
    })
  })
  const length = recorded.reduce((sum, { length: own }) => sum + own, 0)
  const samples = new Float32Array(length)
  let at = 0
  for (const pcm of recorded) {
    samples.set(toFloat(pcm), at)
    at += pcm.length
  }
  return { samples, loudest }
}

async function fetchSentence(): Promise<ArrayBuffer | null> {
  const token = takeToken()
  try {
    const response = await fetch('/api/voices/preview', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ text: t('call.devices.sentenceText') }),
    })
    return response.ok ? await response.arrayBuffer() : null
  } catch {
    return null
  }
}
