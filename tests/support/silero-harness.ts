import { type Worker } from 'node:worker_threads'
import {
  createSileroDetector,
  startSileroWorker,
  type SileroOptions,
} from '../../backend/engines/vad/silero/silero-detector.ts'
import { systemClock, type Clock } from '../../backend/lib/clock.ts'

/** The real detector, with a hand on its thread. */
export async function openSilero(options: SileroOptions = {}) {
  const threads: Worker[] = []
  let skippedMs = 0
  const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + skippedMs }
  const detector = await createSileroDetector({
    clock,
    startThread: (modelPath) => {
      const thread = startSileroWorker(modelPath)
      threads.push(thread)
      return thread
    },
    ...options,
  })
  return {
    detector,
    threads,
    /** Ends the thread, and lets the time pass after which another may be started. */
    crash() {
      skippedMs += 60_000
      void threads.at(-1)?.terminate()
    },
    livingThreads: () => threads.filter((thread) => thread.threadId !== -1).length,
    [Symbol.asyncDispose]: () => detector[Symbol.asyncDispose](),
  }
}
