import { shallowRef, type ShallowRef } from 'vue'
import { z } from 'zod'
import { EngineStatuses } from '#shared/entities.ts'
import { type Clock } from '../socket/clock.ts'

const INTERVAL_MS = 10_000
const Health = z.object({ engines: EngineStatuses })

/** What stands behind the line. While a part of it is not ready, it is asked again: a model may be loading. */
export class EngineWatch {
  readonly statuses: ShallowRef<EngineStatuses | null> = shallowRef(null)
  readonly #clock: Clock
  #cancel: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  note(statuses: EngineStatuses): void {
    this.stop()
    this.statuses.value = statuses
    const isComplete = Object.values(statuses).every(({ ready }) => ready)
    if (isComplete) return
    this.#cancel = this.#clock.after(INTERVAL_MS, () => {
      void askHealth().then((health) => this.note(health ?? statuses))
    })
  }

  stop(): void {
    this.#cancel?.()
  }
}

async function askHealth(): Promise<EngineStatuses | null> {
  try {
    const response = await fetch('/health')
    return Health.parse(await response.json()).engines
  } catch {
    return null
  }
}
