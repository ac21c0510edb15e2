import { once } from 'node:events'
import { type AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { encodeAudioFrame } from '#shared/protocol/audio-frame.ts'
import { textOf } from './raw-data.ts'

/** One frame: 40 ms at 16 kHz. */
export const FRAME_MS = 40
const FRAME_SAMPLES = 640

export interface BareStreamer extends AsyncDisposable {
  readonly wsUrl: string
  /** Frames sent so far, to all. */
  sentFrames(): number
}

/**
 * The floor of everything that streams: `ws` and a timer per connection, nothing else. It understands just enough of
 * the protocol for the same client: a message starts the frames, an interruption stops them and is acknowledged.
 */
export async function startBareStreamer(): Promise<BareStreamer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
  await once(server, 'listening')
  let frames = 0
  server.on('connection', (socket) => serve(socket, () => (frames += 1)))
  const address: AddressInfo | string | null = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    wsUrl: `ws://127.0.0.1:${port}`,
    sentFrames: () => frames,
    async [Symbol.asyncDispose]() {
      for (const client of server.clients) client.terminate()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

function serve(socket: WebSocket, onFrame: () => void): void {
  let epoch = 0
  let timer: NodeJS.Timeout | undefined
  const stop = (): void => {
    clearInterval(timer)
    timer = undefined
  }
  const start = (): void => {
    stop()
    epoch += 1
    const pcm = new Int16Array(FRAME_SAMPLES).fill(1_000)
    const frame = encodeAudioFrame({ epoch, stream: 0, seq: 0, offset: 0, isLast: false, pcm })
    const send = (): void => {
      socket.send(frame)
      onFrame()
    }
    send()
    timer = setInterval(send, FRAME_MS)
  }
  socket.on('message', (data) => {
    const text = textOf(data)
    if (text.includes('"user_message"')) start()
    if (!text.includes('"interrupt"')) return
    stop()
    socket.send(JSON.stringify({ type: 'interrupt_ack', data: { epoch } }))
  })
  socket.on('close', stop)
  socket.send(JSON.stringify({ type: 'ready', data: {} }))
}
