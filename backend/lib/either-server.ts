import { createServer, type RequestListener, type Server as PlainServer } from 'node:http'
import { Server } from 'node:https'
import { type Socket } from 'node:net'

/** The first byte of every TLS connection: the record that opens the handshake. */
const TLS_HANDSHAKE = 0x16
/** Who connects and says nothing for so long is let go. */
const FIRST_BYTE_WITHIN_MS = 10_000

export interface EitherServerOptions {
  /** PEM. */
  readonly key: string
  readonly cert: string
  readonly onRequest: RequestListener
  /** Answers those who speak plain HTTP; absent: they are served like the others. */
  readonly onPlainRequest?: RequestListener | undefined
}

/** An HTTPS server whose port understands plain HTTP, too: the first byte of a connection tells which it is. */
export class EitherServer extends Server {
  readonly #sockets = new Set<Socket>()

  constructor({ key, cert, onRequest, onPlainRequest }: EitherServerOptions) {
    super({ key, cert }, onRequest)
    const plain = createServer(onPlainRequest ?? onRequest)
    // Without a listener of its own, who asks for a socket is answered like any other request.
    if (!onPlainRequest) plain.on('upgrade', (...upgrade) => this.emit('upgrade', ...upgrade))
    const listeners = this.listeners('connection')
    this.removeAllListeners('connection')
    const onSecure = (socket: Socket): void => {
      for (const listener of listeners) Reflect.apply(listener, this, [socket])
    }
    this.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
      whenItSpeaks(socket, (isTls) => (isTls ? onSecure(socket) : this.#hand(socket, plain)))
    })
  }

  /** Those that have not said anything yet, too. */
  override closeAllConnections(): void {
    super.closeAllConnections()
    for (const socket of this.#sockets) socket.destroy()
  }

  #hand(socket: Socket, plain: PlainServer): void {
    plain.keepAliveTimeout = this.keepAliveTimeout
    plain.requestTimeout = this.requestTimeout
    plain.emit('connection', socket)
  }
}

function whenItSpeaks(socket: Socket, handOver: (isTls: boolean) => void): void {
  const letGo = (): void => void socket.destroy()
  socket.on('error', letGo)
  socket.setTimeout(FIRST_BYTE_WITHIN_MS, letGo)
  const look = (): void => {
    const first: unknown = socket.read(1)
    if (!(first instanceof Buffer)) {
      socket.once('readable', look)
      return
    }
    socket.setTimeout(0)
    socket.off('timeout', letGo)
    socket.off('error', letGo)
    socket.unshift(first)
    handOver(first[0] === TLS_HANDSHAKE)
  }
  look()
}
