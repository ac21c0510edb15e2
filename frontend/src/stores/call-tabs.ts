import { ref, type Ref } from 'vue'

const CHANNEL = 'troupe.call'

/** One call at a time in one browser: the tab that called last has it. */
export class CallTabs {
  /** Another tab has taken the call over. */
  readonly isElsewhere: Ref<boolean> = ref(false)
  readonly #channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(CHANNEL)

  /** @param onTaken another tab has begun a call. */
  constructor(onTaken: () => void) {
    this.#channel?.addEventListener('message', onTaken)
  }

  take(): void {
    this.isElsewhere.value = false
    this.#channel?.postMessage('taken')
  }
}
