import { type FastifyInstance } from 'fastify'
import { type DoorName, type DoorStatus, type DoorStatuses } from '#shared/protocol/doors.ts'
import { type Config } from '../../config.ts'
import { flagOf } from '../../config-sources.ts'
import { AppError } from '../../errors.ts'
import { type Clock } from '../../lib/clock.ts'
import { type AccessRules } from '../../socket/access.ts'
import { createServerApp } from '../../tls/server-app.ts'
import { type Certificate } from '../../tls/certificate.ts'
import { answerBrokenAddress } from './broken-address.ts'
import { guardDoor } from './door-guard.ts'
import { doorPlan, type DoorPlan, type PortDoorName, type Proxies } from './door-plan.ts'
import { watchAnswers } from './drain.ts'
import { PortDoor } from './port-door.ts'

/** Adds a door's routes. */
export type Mount = (app: FastifyInstance) => Promise<void> | void

export interface DoorsOptions {
  /** Shared with everybody who reads settings: what is changed in it counts at the next `refresh`. */
  readonly config: Config
  readonly mounts: Readonly<Record<DoorName, Mount>>
  readonly access: AccessRules
  /** What the runners file says of doors. */
  readonly proxies: () => Proxies
  /** Present: ports speak TLS, too. */
  readonly certificate: Certificate | undefined
  readonly clock: Clock
}

/** Several photographs as base64, or a recording. */
const MAX_BODY_BYTES = 64 * 1024 * 1024
const TITLES = { ollama: 'Ollama', lmstudio: 'LM Studio' } as const

/**
 * The doors for other programs. OpenAI's APIs stand beside our own on the main port; Ollama's and LM Studio's have
 * ports of their own, as programs look for them there.
 */
export class Doors implements AsyncDisposable {
  readonly #options: DoorsOptions
  readonly #portDoors: Readonly<Record<PortDoorName, PortDoor>>
  #isOpen = false

  constructor(options: DoorsOptions) {
    this.#options = options
    this.#portDoors = { ollama: this.#portDoor('ollama'), lmstudio: this.#portDoor('lmstudio') }
  }

  /** Adds those of the main port. What is switched off is not there, until it is switched on. */
  async mount(app: FastifyInstance): Promise<void> {
    const { access, clock, mounts } = this.#options
    await app.register(async (doors) => {
      const answersEnd = watchAnswers(doors, clock)
      doors.addHook('preClose', async () => {
        await Promise.all([answersEnd(), this[Symbol.asyncDispose]()])
      })
      guardDoor(doors, access)
      // Browsers ask before they send something; the guard answers them.
      doors.options('/v1/*', (_request, reply) => reply.code(204).send())
      for (const name of ['openai', 'realtime'] as const) {
        await doors.register(async (door) => {
          door.addHook('onRequest', ({ url }, _reply, done) => {
            if (!this.#plan().isOpen[name]) throw switchedOff(name, url)
            done()
          })
          await mounts[name](door)
        })
      }
    })
  }

  /** Opens the others, where they are wanted. Never throws: `statuses` tells what failed. */
  async open(): Promise<void> {
    this.#isOpen = true
    await this.refresh()
  }

  /** Opens and closes what the settings now say. */
  async refresh(): Promise<void> {
    const { isOpen, ports } = this.#plan()
    const portOf = (name: PortDoorName): number | undefined =>
      this.#isOpen && isOpen[name] ? ports[name] : undefined
    const { ollama, lmstudio } = this.#portDoors
    await Promise.all([ollama.listen(portOf('ollama')), lmstudio.listen(portOf('lmstudio'))])
  }

  statuses(): DoorStatuses {
    const { isOpen } = this.#plan()
    const onMain = (name: DoorName): DoorStatus => ({ state: isOpen[name] ? 'open' : 'off' })
    const { ollama, lmstudio } = this.#portDoors
    return {
      openai: onMain('openai'),
      ollama: ollama.status,
      lmstudio: lmstudio.status,
      realtime: onMain('realtime'),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOpen = false
    await this.refresh()
  }

  #plan(): DoorPlan {
    return doorPlan(this.#options.config, this.#options.proxies())
  }

  #portDoor(name: PortDoorName): PortDoor {
    const { config, certificate, clock, mounts } = this.#options
    return new PortDoor({
      title: TITLES[name],
      portFlag: flagOf(`${name}_port`),
      host: config.host,
      build: async () => {
        const app = createServerApp({
          certificate,
          isPlainServed: true,
          bodyLimitBytes: MAX_BODY_BYTES,
          answerBrokenAddress,
        })
        app.addHook('preClose', watchAnswers(app, clock))
        await mounts[name](app)
        return app
      },
    })
  }
}

function switchedOff(name: DoorName, url: string): AppError {
  return new AppError('not_found', `There is nothing at ${url.split('?')[0]}: ${name}_api is off`)
}
