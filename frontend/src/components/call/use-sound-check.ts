import { computed, ref } from 'vue'
import { MICROPHONE_SAMPLE_RATE } from '#shared/audio.ts'
import { MicrophoneError } from '../../audio/microphone-error.ts'
import { record } from '../../audio/recording.ts'
import { playFile, playSamples, playThreeNotes } from '../../audio/test-sound.ts'
import { t } from '../../i18n/index.ts'
import { useCall } from '../../stores/call.ts'
import { fetchSentence } from './test-sentence.ts'
import { useOwnMicrophone } from './use-own-microphone.ts'

/** Three seconds. */
const RECORD_FRAMES = 150
/** Quieter than this is the noise of the microphone itself. */
const HEARD_LEVEL = 0.003

/** Tries out microphone and loudspeaker; the microphone is only open while it is tried, or in a call. */
export function useSoundCheck() {
  const { microphone, open, close } = useOwnMicrophone()
  const call = useCall()
  const doing = ref<'idle' | 'recording' | 'playing'>('idle')
  const problem = ref('')

  async function attempt(work: () => Promise<string | void>): Promise<void> {
    if (doing.value !== 'idle') return
    doing.value = 'playing'
    try {
      problem.value = (await work()) ?? ''
    } catch (error) {
      problem.value = error instanceof MicrophoneError ? error.message : t('common.failed')
    } finally {
      doing.value = 'idle'
    }
  }

  /** Records three seconds and plays them back. */
  async function loopback(): Promise<string | void> {
    doing.value = 'recording'
    await open()
    const { samples, loudest } = await record(microphone, RECORD_FRAMES)
    close()
    if (loudest < HEARD_LEVEL) return t('call.devices.noSound')
    doing.value = 'playing'
    await playSamples(samples, MICROPHONE_SAMPLE_RATE, call.outputDeviceId)
  }

  /** Has a voice of the server say a sentence. */
  async function sentence(): Promise<string | void> {
    const spoken = await fetchSentence(t('call.devices.sentenceText'))
    if (spoken === null) return t('call.devices.sentenceFailed')
    await playFile(spoken, call.outputDeviceId)
  }

  return {
    doing,
    problem,
    isBusy: computed(() => doing.value !== 'idle'),
    loopback: () => attempt(loopback),
    chime: () => attempt(() => playThreeNotes(call.outputDeviceId)),
    sentence: () => attempt(sentence),
  }
}
