/** Keeps the shell for when the server is away. @param onUpdate a newer version waits; `take` loads it. */
export async function keepShell(onUpdate: (take: () => void) => void): Promise<void> {
  if (!('serviceWorker' in navigator) || !isSecureContext) return
  const { serviceWorker } = navigator
  const isFirst = serviceWorker.controller === null
  const registration = await serviceWorker.register('/sw.js')
  const tell = (): void => {
    const { waiting } = registration
    if (waiting === null || isFirst) return
    onUpdate(() => {
      serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
      waiting.postMessage('take-over')
    })
  }
  tell()
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', tell)
  })
}
