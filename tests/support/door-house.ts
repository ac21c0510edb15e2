import { Config } from '../../backend/config.ts'
import { type DoorDeps, createDoorDeps } from '../../backend/api/core/door-deps.ts'
import {
  type DoorMessage,
  type GenerateEvent,
  type GenerateRequest,
} from '../../backend/api/core/contract.ts'
import { type LocalModels } from '../../backend/api/core/local-models.ts'
import { type Clock, systemClock } from '../../backend/lib/clock.ts'
import { type Engines } from '../../backend/engines/registry.ts'
import { createLogger } from '../../backend/logging.ts'
import { type Store } from '../../backend/store/contract.ts'
import { openSqliteStore } from '../../backend/store/sqlite/sqlite-store.ts'
import { fakeEngines } from './test-app.ts'

export interface DoorHouse extends AsyncDisposable {
  readonly doors: DoorDeps
  readonly store: Store
}

export interface DoorHouseOptions {
  readonly engines?: Partial<Engines>
  readonly config?: Partial<Config>
  readonly clock?: Clock
  readonly token?: string
  readonly local?: Omit<LocalModels, 'service'> & { readonly service: NonNullable<DoorDeps['runners']> }
}

/** What the doors stand in front of: an empty library, and made-up engines unless others are given. */
export async function doorHouse(options: DoorHouseOptions = {}): Promise<DoorHouse> {
  const { clock = systemClock, token, local } = options
  const store = await openSqliteStore({ file: ':memory:', clock })
  const engines = { ...fakeEngines(), ...options.engines }
  const doors = createDoorDeps({
    engines,
    store,
    config: { ...Config.parse({}), ...options.config },
    token,
    version: 'test',
    clock,
    logger: createLogger('silent'),
    local,
  })
  return {
    doors,
    store,
    async [Symbol.asyncDispose]() {
      await engines[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
    },
  }
}

export function message(role: DoorMessage['role'], text: string): DoorMessage {
  return { role, parts: [{ type: 'text', text }] }
}

/** One question of a program: a model, and what the user says to it. */
export function asking(model: string, text: string, more: Partial<GenerateRequest> = {}): GenerateRequest {
  return { model, messages: [message('user', text)], settings: {}, stops: [], tools: [], ...more }
}

/** All events, and what they say together. */
export async function answered(events: AsyncIterable<GenerateEvent>): Promise<{
  events: GenerateEvent[]
  text: string
  finish: Extract<GenerateEvent, { type: 'finish' }> | undefined
}> {
  const all: GenerateEvent[] = []
  for await (const event of events) all.push(event)
  const text = all.map((event) => (event.type === 'text' ? event.text : '')).join('')
  return { events: all, text, finish: all.find((event) => event.type === 'finish') }
}
