/** Resolves in a later turn of the event loop: timers and sockets that are due go first. */
export function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
