import { fastify, type FastifyInstance } from 'fastify'
import { OpenAI } from 'openai'
import { registerOpenAi } from '../../backend/api/openai/openai-door.ts'
import { doorHouse, type DoorHouse, type DoorHouseOptions } from './door-house.ts'

export interface OpenAiDoor extends DoorHouse {
  readonly app: FastifyInstance
  /** Without `/v1`. */
  readonly url: string
  /** The official client, which tries nothing twice. */
  readonly client: OpenAI
}

/** The OpenAI door alone, on a free port of this machine. */
export async function openAiDoor(options: DoorHouseOptions = {}): Promise<OpenAiDoor> {
  const house = await doorHouse(options)
  const app = fastify({ forceCloseConnections: true })
  await registerOpenAi(app, house.doors)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const apiKey = options.token ?? 'none'
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0, logLevel: 'off' })
  return {
    ...house,
    app,
    url,
    client,
    async [Symbol.asyncDispose]() {
      await app.close()
      await house[Symbol.asyncDispose]()
    },
  }
}
