import { open } from 'node:fs/promises'

/**
 * Makes an asynchronous action shareable: callers that come while it runs share the next run, so that each caller
 * gets a run which began after its call, and no more than two are ever under way or waiting.
 */
export function shared(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined

  const runNext = (): Promise<void> => {
    next = undefined
    return action()
  }
  return () => {
    if (!next) {
      next = running.then(runNext, runNext)
      running = next
    }
    return next
  }
}

/** Asks the disk to keep the file (or the folder's list of files), off the event loop. */
export async function syncToDisk(path: string): Promise<void> {
  await using file = await open(path, 'r')
  await file.datasync()
}
