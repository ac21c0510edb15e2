import { type FastifyInstance } from 'fastify'
import { type DoorStatuses } from '#shared/protocol/doors.ts'
import { type Crud } from '../../crud/dispatch.ts'
import { type AccessRules } from '../../socket/access.ts'
import { type Certificate } from '../../tls/certificate.ts'
import { createDoorDeps, type DoorHouse } from '../core/door-deps.ts'
import { registerLmStudio } from '../lmstudio/register-lmstudio.ts'
import { registerOpenAi } from '../openai/openai-door.ts'
import { registerRealtime } from '../realtime/register-realtime.ts'
import { registerOllama } from '../ollama/register-ollama.ts'
import { type Proxies } from './door-plan.ts'
import { Doors, type Mount } from './doors.ts'

export interface DoorsHouse extends DoorHouse {
  readonly access: AccessRules
  readonly crud: Crud
  readonly certificate?: Certificate | undefined
  readonly proxies?: (() => Proxies) | undefined
}

/** All doors for other programs, over one directory and one stream of events. */
export function createDoors(house: DoorsHouse): Doors {
  const { access, crud, certificate, proxies = () => ({}), ...rest } = house
  const { config, clock, version, engines } = rest
  const deps = { ...createDoorDeps(rest), crud, model: engines.model }
  const openai: Mount = (app) => registerOpenAi(app, deps)
  /** Programs that look for OpenAI's API on such a port find it there, too. */
  const withOpenAi =
    (mount: Mount): Mount =>
    async (app) => {
      await mount(app)
      await app.register(openai)
      addHealth(app, { version, statuses: () => doors.statuses() })
    }
  const doors = new Doors({
    config,
    access,
    proxies,
    certificate,
    clock,
    mounts: {
      openai,
      realtime: (app) => registerRealtime(app, deps),
      ollama: withOpenAi((app) => registerOllama(app, deps)),
      lmstudio: withOpenAi((app) => registerLmStudio(app, deps)),
    },
  })
  return doors
}

/** The main port may not be open, when only some doors are wanted. */
function addHealth(
  app: FastifyInstance,
  { version, statuses }: { version: string; statuses: () => DoorStatuses },
): void {
  app.get('/health', () => ({ status: 'ok', version, doors: statuses() }))
}
