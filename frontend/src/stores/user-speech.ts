import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { Passing } from './passing.ts'
import { type Stage } from './stage.ts'
import { type LiveCaption } from './types.ts'

/** Recognition that takes longer has been given up or has found nothing. */
const TRANSCRIBING_MS = 8_000

/** What the server hears the user say. */
export class UserSpeech {
  readonly isHeard: Ref<boolean> = ref(false)
  readonly transcribing: Passing
  readonly caption: ShallowRef<LiveCaption | null> = shallowRef(null)
  #stable = ''

  constructor({ client, clock }: Stage) {
    this.transcribing = new Passing(clock, TRANSCRIBING_MS)
    client.on('speech_started', () => this.#begin())
    client.on('speech_stopped', () => this.#pause())
    client.on('stt_update', ({ data }) => (data.text === '' ? this.#finish() : this.#show(data.text)))
    client.on('stt_stabilized', ({ data }) => this.#stabilise(data.text))
    client.on('stt_final', () => this.#finish())
    client.on('listening_stopped', () => this.#pause())
    client.on('error', ({ data }) => {
      if (data.code === 'nothing_heard') this.#finish()
    })
  }

  reset(): void {
    this.isHeard.value = false
    this.#finish()
  }

  #begin(): void {
    this.isHeard.value = true
    this.transcribing.set(false)
  }

  #pause(): void {
    if (this.isHeard.value) this.transcribing.set(true)
    this.isHeard.value = false
  }

  #finish(): void {
    this.transcribing.set(false)
    this.#stable = ''
    this.caption.value = null
  }

  #stabilise(text: string): void {
    this.#stable = text
    const shown = this.caption.value?.text ?? ''
    this.#show(shown.startsWith(text) ? shown : text)
  }

  #show(text: string): void {
    const stableLength = text.startsWith(this.#stable) ? this.#stable.length : 0
    this.caption.value = { text, stableLength }
  }
}
