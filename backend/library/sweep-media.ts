import { type Clock } from '../lib/clock.ts'
import { type MediaLibrary } from '../media/media-library.ts'
import { type Store } from '../store/contract.ts'

const DAY_MS = 24 * 60 * 60 * 1_000
/** As long as what is in the trash can be had back. */
const UNUSED_FOR_MS = 30 * DAY_MS

export interface SweepDeps {
  readonly store: Pick<Store, 'mediaInUse'>
  readonly media: MediaLibrary
  readonly clock: Pick<Clock, 'date' | 'after'>
}

/**
 * Removes files that nothing refers to any more, and uploads that never came to their end.
 * @returns how many were removed.
 */
export async function sweepMedia({ store, media, clock }: SweepDeps): Promise<number> {
  const now = clock.date().getTime()
  await media.files.dropIncoming(new Date(now - DAY_MS))
  const before = new Date(now - UNUSED_FOR_MS)
  const old = await media.files.olderThan(before)
  if (old.length === 0) return 0
  const inUse = await store.mediaInUse()
  let removed = 0
  for (const hash of old) {
    if (!inUse.has(hash) && (await media.remove(hash, before))) removed += 1
  }
  return removed
}

/** Sweeps soon after the start, and then once a day. @param onFailure hears what went wrong; the next day it is tried again. */
export function sweepDaily(deps: SweepDeps, onFailure: (error: unknown) => void): AsyncDisposable {
  let cancel = deps.clock.after(SOON_MS, run)
  let running: Promise<unknown> = Promise.resolve()
  function run(): void {
    running = sweepMedia(deps).catch(onFailure)
    cancel = deps.clock.after(DAY_MS, run)
  }
  return {
    async [Symbol.asyncDispose]() {
      cancel()
      await running
    },
  }
}

/** Whoever starts Troupe wants to talk first. */
const SOON_MS = 60_000
