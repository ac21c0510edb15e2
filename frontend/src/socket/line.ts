/** One WebSocket connection, reduced to what the client needs, so that tests can be the other end. */
export interface Line {
  /** Bytes accepted but not yet sent. */
  readonly bufferedBytes: number
  send(data: string | Uint8Array<ArrayBuffer>): void
  /** Hangs up; no handler is called any more. */
  close(): void
}

export interface LineHandlers {
  onOpen(): void
  onText(text: string): void
  onBytes(bytes: ArrayBuffer): void
  /** @param code the WebSocket close code. */
  onClose(code: number): void
}

export type OpenLine = (url: string, handlers: LineHandlers) => Line

export const openBrowserLine: OpenLine = (url, handlers) => {
  const socket = new WebSocket(url)
  const listening = new AbortController()
  const options = { signal: listening.signal }
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('open', () => handlers.onOpen(), options)
  socket.addEventListener('close', (event) => handlers.onClose(event.code), options)
  socket.addEventListener(
    'message',
    (event: MessageEvent<unknown>) => {
      if (typeof event.data === 'string') handlers.onText(event.data)
      else if (event.data instanceof ArrayBuffer) handlers.onBytes(event.data)
    },
    options,
  )
  return {
    get bufferedBytes() {
      return socket.bufferedAmount
    },
    send(data) {
      if (socket.readyState === WebSocket.OPEN) socket.send(data)
    },
    close() {
      listening.abort()
      socket.close()
    },
  }
}
