import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where a runner listens. */
export interface Place {
  readonly port?: number
  readonly socketPath?: string
  /** Nobody else is given it until then. */
  release(): Promise<void>
}

const LOOPBACK = '127.0.0.1'
const TRIES = 20

/** Gives each runner a place of its own: a free port of this machine, or a socket file that only its owner reaches. */
export class Places implements AsyncDisposable {
  readonly #ports = new Set<number>()
  #folder: Promise<string> | undefined
  #sockets = 0

  /** How many are given out. */
  get inUse(): number {
    return this.#ports.size
  }

  /** Free a moment ago: another program may still be faster, and the runner then ends with that. */
  async port(): Promise<Place> {
    for (let tried = 0; tried < TRIES; tried += 1) {
      const port = await freePort()
      if (this.#ports.has(port)) continue
      this.#ports.add(port)
      return {
        port,
        release: () => {
          this.#ports.delete(port)
          return Promise.resolve()
        },
      }
    }
    throw new Error('No port is free')
  }

  async socket(): Promise<Place> {
    // Not in the data directory: its path may be longer than that of a socket can be.
    this.#folder ??= mkdtemp(join(tmpdir(), 'troupe-'))
    const socketPath = join(await this.#folder, `${(this.#sockets += 1)}.sock`)
    return { socketPath, release: () => rm(socketPath, { force: true }) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#folder) await rm(await this.#folder, { recursive: true, force: true })
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host: LOOPBACK, port: 0 }, () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
