import { type FastifyInstance } from 'fastify'
import { type DoorStatus } from '#shared/protocol/doors.ts'
import { SerialLane } from '../../lib/serial-lane.ts'

export interface PortDoorOptions {
  /** As people call the program whose API it is. */
  readonly title: string
  /** Of the setting that chooses another port. */
  readonly portFlag: string
  readonly host: string
  /** Puts together what listens; closed when the door is. */
  readonly build: () => Promise<FastifyInstance>
}

/** A door with a port of its own. It can be opened and closed while the server runs. */
export class PortDoor implements AsyncDisposable {
  readonly #options: PortDoorOptions
  readonly #changes = new SerialLane()
  #app: FastifyInstance | undefined
  #wantedPort: number | undefined
  #status: DoorStatus = { state: 'off' }

  constructor(options: PortDoorOptions) {
    this.#options = options
  }

  get status(): DoorStatus {
    return this.#status
  }

  /** Listens there; undefined: nowhere. A port that cannot be had is no failure of the server: `status` tells. */
  async listen(port: number | undefined): Promise<void> {
    await this.#changes.run(async () => {
      const isSettled = port === this.#wantedPort && this.#status.state !== 'failed'
      if (isSettled) return
      await this.#close()
      this.#wantedPort = port
      this.#status = port === undefined ? { state: 'off' } : await this.#open(port)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.listen(undefined)
  }

  async #open(port: number): Promise<DoorStatus> {
    const { host, build } = this.#options
    const app = await build()
    try {
      await app.listen({ host, port })
    } catch (error) {
      await app.close()
      return { state: 'failed', port, error: this.#whyNot(port, error) }
    }
    this.#app = app
    const address = app.server.address()
    return { state: 'open', port: typeof address === 'object' && address ? address.port : port }
  }

  async #close(): Promise<void> {
    const app = this.#app
    this.#app = undefined
    await app?.close()
  }

  #whyNot(port: number, error: unknown): string {
    const { title, portFlag, host } = this.#options
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const remedy = `choose another port with ${portFlag}`
    if (code === 'EADDRINUSE') {
      return `The ${title} door stays closed: port ${port} is taken, probably by ${title} itself (or by another Troupe). Stop that, or ${remedy}`
    }
    if (code === 'EACCES') {
      return `The ${title} door stays closed: port ${port} may not be opened by this user; ${remedy}`
    }
    const reason = error instanceof Error ? error.message : String(error)
    return `The ${title} door stays closed: cannot listen on ${host}:${port} (${reason}); ${remedy}`
  }
}
