import { type Clock } from '../../lib/clock.ts'
import { type Listener } from './listener.ts'
import { type Responses } from './responses.ts'
import { type SessionConfig } from './session-config.ts'

export interface IdleWatchDeps {
  readonly clock: Clock
  readonly listener: Pick<Listener, 'isHearing' | 'nowMs'>
  readonly responses: Pick<Responses, 'isActive' | 'playedOutAtMs'>
  readonly session: () => SessionConfig
  /** Nobody has spoken since this moment of the input. */
  readonly onIdle: (fromMs: number) => void
}

/** Notices when a person says nothing for long after the last answer has been heard to its end. */
export class IdleWatch implements Disposable {
  readonly #deps: IdleWatchDeps
  #cancel: (() => void) | undefined

  constructor(deps: IdleWatchDeps) {
    this.#deps = deps
  }

  /** Something was said, or is wished otherwise: it is waited anew, if an answer was heard. */
  restart(): void {
    this.stop()
    const { clock, responses, listener, session } = this.#deps
    const detection = session().audio.input.turn_detection
    const timeoutMs = detection?.type === 'server_vad' ? detection.idle_timeout_ms : null
    if (timeoutMs === null || session().type !== 'realtime') return
    if (responses.isActive || listener.isHearing || responses.playedOutAtMs === -Infinity) return
    const playedOutInMs = Math.max(0, responses.playedOutAtMs - clock.nowMs())
    this.#cancel = clock.after(playedOutInMs + timeoutMs, () => {
      this.#cancel = undefined
      this.#deps.onIdle(Math.max(0, listener.nowMs - timeoutMs))
    })
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  [Symbol.dispose](): void {
    this.stop()
  }
}
