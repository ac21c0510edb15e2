import { fastify, type FastifyInstance } from 'fastify'
import { type LmStudioDeps } from '../../backend/api/lmstudio/lmstudio-deps.ts'
import { registerLmStudio } from '../../backend/api/lmstudio/register-lmstudio.ts'
import { type OllamaDeps } from '../../backend/api/ollama/ollama-deps.ts'
import { registerOllama } from '../../backend/api/ollama/register-ollama.ts'
import { createCrud } from '../../backend/crud/dispatch.ts'
import { systemClock } from '../../backend/lib/clock.ts'
import { type Store } from '../../backend/store/contract.ts'
import { FakeLanguageModel } from '../fakes/fake-language-model.ts'
import { doorHouse, type DoorHouseOptions } from './door-house.ts'

export interface OpenDoor extends AsyncDisposable {
  readonly url: string
  readonly model: FakeLanguageModel
  readonly store: Store
}

export interface OpenDoorOptions extends DoorHouseOptions {
  readonly model?: FakeLanguageModel
}

/** The Ollama door on a free port of this machine. */
export function openOllamaDoor(options: OpenDoorOptions = {}): Promise<OpenDoor> {
  return openDoor(options, registerOllama)
}

/** The LM Studio door on a free port of this machine. */
export function openLmStudioDoor(options: OpenDoorOptions = {}): Promise<OpenDoor> {
  return openDoor(options, registerLmStudio)
}

async function openDoor(
  options: OpenDoorOptions,
  register: (app: FastifyInstance, deps: OllamaDeps & LmStudioDeps) => Promise<void>,
): Promise<OpenDoor> {
  const model = options.model ?? new FakeLanguageModel(options.clock ?? systemClock)
  const house = await doorHouse({ ...options, engines: { model, ...options.engines } })
  const crud = createCrud({ store: house.store, publish: () => {} })
  const app = fastify({ forceCloseConnections: true })
  await register(app, { ...house.doors, model, crud })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    model,
    store: house.store,
    async [Symbol.asyncDispose]() {
      await app.close()
      await house[Symbol.asyncDispose]()
    },
  }
}
