import { ref, shallowRef } from 'vue'
import { wavFile } from '../../audio/wav-header.ts'
import { t } from '../../i18n/index.ts'
import { readSoundFile } from './read-sound-file.ts'
import { RECORDING_RATE, secondsOf, SHORTEST_SECONDS, shortened, trimmed } from './recording.ts'
import { keepRecording, transcribe } from './voice-api.ts'
import { type VoiceForm } from './voice-form.ts'

type Samples = Int16Array<ArrayBuffer>

/** The recording that a voice is to sound like: taking it in, trimming it, writing down what is said in it. */
export class Reference {
  /** What was taken in here, and may still be trimmed. */
  readonly samples = shallowRef<Samples | null>(null)
  readonly problem = ref('')
  readonly note = ref('')
  readonly isListening = ref(false)
  readonly #form: VoiceForm

  constructor(form: VoiceForm) {
    this.#form = form
  }

  /** Keeps it, and has it written down. */
  async take(recorded: Samples): Promise<void> {
    if (!(await this.#keep(recorded))) return
    this.#form.refText = ''
    await this.#listen()
  }

  async takeFile(file: Blob): Promise<void> {
    const read = await readSoundFile(file).catch(() => null)
    if (read === null) this.problem.value = t('voices.clone.unreadable')
    else await this.take(read)
  }

  /** Cuts the silence off at both ends; the words stay. */
  async trim(): Promise<void> {
    if (this.samples.value !== null) await this.#keep(trimmed(this.samples.value))
  }

  remove(): void {
    this.#form.refAudio = ''
    this.#form.refText = ''
    this.samples.value = null
    this.problem.value = ''
    this.note.value = ''
  }

  /** @returns whether it is kept. */
  async #keep(recorded: Samples): Promise<boolean> {
    this.note.value = ''
    this.problem.value = problemOf(recorded)
    if (this.problem.value) return false
    const kept = shortened(recorded)
    if (kept.length < recorded.length) this.note.value = t('voices.clone.cut')
    try {
      this.#form.refAudio = await keepRecording(wavFile(kept, RECORDING_RATE))
      this.samples.value = kept
      return true
    } catch (error) {
      this.problem.value = error instanceof Error ? error.message : t('voices.clone.failed')
      return false
    }
  }

  async #listen(): Promise<void> {
    const audio = this.#form.refAudio
    this.isListening.value = true
    const text = await transcribe(audio).catch(() => '')
    this.isListening.value = false
    // Somebody may have recorded anew, or begun to write, in the meantime.
    if (this.#form.refAudio !== audio || this.#form.refText !== '') return
    this.#form.refText = text
    if (text === '') this.note.value = t('voices.clone.notHeard')
  }
}

function problemOf(samples: Samples): string {
  if (trimmed(samples).length === 0) return t('voices.clone.silent')
  return secondsOf(samples) < SHORTEST_SECONDS ? t('voices.clone.tooShort') : ''
}
