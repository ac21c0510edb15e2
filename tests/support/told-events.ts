import { vi } from 'vitest'
import { HANG_MS } from './hang.ts'

/** An event as a client was told it. */
export interface Told {
  readonly type: string
  readonly [field: string]: unknown
}

/** Everything that a client of some protocol of events was told, in order. */
export class ToldEvents {
  readonly all: Told[] = []

  take(event: unknown): void {
    this.all.push(Object(event))
  }

  get types(): string[] {
    return this.all.map(({ type }) => type)
  }

  of(type: string): Told[] {
    return this.all.filter((event) => event.type === type)
  }

  /** Waits until it has been told so often. */
  async event(type: string, times = 1): Promise<Told> {
    return vi.waitFor(
      () => {
        const found = this.of(type)[times - 1]
        if (!found) throw new Error(`No ${type}; told were: ${this.types.join(', ')}`)
        return found
      },
      { timeout: HANG_MS, interval: 10 },
    )
  }
}
