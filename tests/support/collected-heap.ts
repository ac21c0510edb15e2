import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

/** Bytes of the JavaScript heap that are still in use once everything that can be freed has been. */
export async function collectedHeapBytes(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    if (typeof collect === 'function') collect()
    // What waits for finalisers goes in the next round.
    await new Promise((resolve) => setImmediate(resolve))
  }
  return process.memoryUsage().heapUsed
}

/** What keeps the process alive, by kind. */
export function activeResources(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) {
    // The clock of the test itself.
    if (kind !== 'Immediate' && kind !== 'Timeout') counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}
