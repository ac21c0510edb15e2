import { ref, type Ref } from 'vue'
import { type Clock } from '../socket/clock.ts'

/** Something that is true for a while and then passes by itself. */
export class Passing {
  readonly isOn: Ref<boolean> = ref(false)
  readonly #clock: Clock
  readonly #durationMs: number
  #cancel: (() => void) | undefined

  constructor(clock: Clock, durationMs: number) {
    this.#clock = clock
    this.#durationMs = durationMs
  }

  set(isOn: boolean): void {
    this.#cancel?.()
    this.isOn.value = isOn
    this.#cancel = isOn ? this.#clock.after(this.#durationMs, () => this.set(false)) : undefined
  }
}
