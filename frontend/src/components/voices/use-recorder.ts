import { computed, onScopeDispose, ref } from 'vue'
import { type CapturedFrame } from '../../audio/capture-framer.ts'
import { Microphone } from '../../audio/microphone.ts'
import { toMeter } from '../../audio/pcm.ts'
import { useCall } from '../../stores/call.ts'
import { joined, LONGEST_SECONDS, RECORDING_RATE } from './recording.ts'

type Samples = Int16Array<ArrayBuffer>

/** Records somebody, as the microphone hears them. @param onDone what was recorded, when it is over. */
export function useRecorder(onDone: (samples: Samples) => void) {
  const call = useCall()
  const recorder = new Recorder(onDone)
  onScopeDispose(() => recorder.leave())
  const { isRecording, level, seconds, problem } = recorder
  const start = (): Promise<void> => recorder.start(call.inputDeviceId)
  return { isRecording, level, seconds, problem, start, stop: (): void => recorder.stop() }
}

class Recorder {
  readonly isRecording = ref(false)
  readonly level = ref(0)
  readonly problem = ref('')
  readonly seconds = computed(() => Math.floor(this.#samples.value / RECORDING_RATE))
  readonly #samples = ref(0)
  readonly #microphone = new Microphone({ rateHz: RECORDING_RATE, isPlain: true })
  readonly #onDone: (samples: Samples) => void
  #pieces: Samples[] = []

  constructor(onDone: (samples: Samples) => void) {
    this.#onDone = onDone
    this.#microphone.onFrame((frame) => this.#take(frame))
    this.#microphone.onLost((words) => {
      this.stop()
      this.problem.value = words
    })
  }

  async start(deviceId: string): Promise<void> {
    this.problem.value = ''
    this.#pieces = []
    this.#samples.value = 0
    try {
      await this.#microphone.open(deviceId)
      this.isRecording.value = this.#microphone.isOpen
    } catch (error) {
      this.problem.value = error instanceof Error ? error.message : ''
    }
  }

  stop(): void {
    if (!this.isRecording.value) return
    this.leave()
    this.#onDone(joined(this.#pieces))
  }

  /** Nobody wants what was recorded. */
  leave(): void {
    this.isRecording.value = false
    this.level.value = 0
    this.#microphone.close()
  }

  #take({ pcm, level }: CapturedFrame): void {
    if (!this.isRecording.value) return
    this.#pieces.push(pcm)
    this.#samples.value += pcm.length
    this.level.value = toMeter(level)
    if (this.#samples.value >= LONGEST_SECONDS * RECORDING_RATE) this.stop()
  }
}
