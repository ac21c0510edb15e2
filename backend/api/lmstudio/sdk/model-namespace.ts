import { z } from 'zod'
import { AppError } from '../../../errors.ts'
import { type Talkable } from '../../core/contract.ts'
import { estimatedTokenCount } from '../../core/meter.ts'
import { type LmStudioDoor } from '../lmstudio-deps.ts'
import { contextOf, sdkInstance, sdkModel } from '../model-descriptions.ts'
import { modelNotFound } from '../wire-error.ts'
import { type Namespace, read, type RpcChannel } from './namespace.ts'

/** How the SDK says which model it means. */
export const Specifier = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('query'),
    query: z.object({ identifier: z.string().optional(), path: z.string().optional() }),
  }),
  z.object({ type: z.literal('instanceReference'), instanceReference: z.string() }),
])
export type Specifier = z.infer<typeof Specifier>

const Specified = z.object({ specifier: Specifier })
const Counted = z.object({ specifier: Specifier, inputString: z.string() })
const GetModelInfo = z.object({ specifier: Specifier, throwIfNotFound: z.boolean().optional() })
const LoadModel = z.object({
  modelKey: z.string(),
  identifier: z.string().max(500).optional(),
  ttlMs: z.number().int().min(1).optional(),
})
const GetOrLoad = z.object({ identifier: z.string(), loadTtlMs: z.number().int().min(1).optional() })
const UnloadModel = z.object({ identifier: z.string() })

export type Domain = 'llm' | 'embedding'

/** What the namespaces of both kinds of model have in common. */
export class Models {
  readonly #door: LmStudioDoor
  readonly #domain: Domain

  constructor(door: LmStudioDoor, domain: Domain) {
    this.#door = door
    this.#domain = domain
  }

  /** @throws LmStudioError `model_not_found` */
  async specified(specifier: Specifier, signal: AbortSignal): Promise<Talkable> {
    const name = nameOf(specifier)
    const found = name === undefined ? await this.#anyLoaded(signal) : await this.#find(name, signal)
    if (!found) throw modelNotFound(name ?? 'any that is loaded')
    return found
  }

  /** Of a model of this domain. @throws LmStudioError `model_not_found` */
  async named(name: string, signal: AbortSignal): Promise<Talkable> {
    const found = await this.#find(name, signal)
    if (!found) throw modelNotFound(name)
    return found
  }

  info(talkable: Talkable) {
    return sdkInstance(talkable, this.#door)
  }

  readonly namespace: Namespace = {
    rpcs: new Map([
      ['listLoaded', (_parameter, signal) => this.#listLoaded(signal)],
      ['getModelInfo', (parameter, signal) => this.#getModelInfo(read(GetModelInfo, parameter), signal)],
      ['unloadModel', (parameter, signal) => this.#unload(read(UnloadModel, parameter).identifier, signal)],
      [
        'countTokens',
        async (parameter) => ({ tokenCount: estimatedTokenCount(read(Counted, parameter).inputString) }),
      ],
      ['tokenize', refuseTokens],
      [
        'getLoadConfig',
        (parameter, signal) => this.#loadConfig(read(Specified, parameter).specifier, signal),
      ],
      ['getBasePredictionConfig', async () => ({ fields: [] })],
    ]),
    channels: new Map([
      ['getOrLoad', (parameter, channel) => this.#getOrLoad(read(GetOrLoad, parameter), channel)],
      ['loadModel', (parameter, channel) => this.#load(read(LoadModel, parameter), channel)],
    ]),
  }

  async #listLoaded(signal: AbortSignal): Promise<object[]> {
    const all = await this.#door.directory.list(signal)
    return all
      .filter((known) => this.#isOurs(known) && this.#door.residence.isLoaded(known))
      .map((known) => this.info(known))
  }

  async #getModelInfo({ specifier, throwIfNotFound }: z.infer<typeof GetModelInfo>, signal: AbortSignal) {
    try {
      return this.info(await this.specified(specifier, signal))
    } catch (error) {
      const isMissing = error instanceof AppError && error.code === 'not_found'
      if (isMissing && throwIfNotFound !== true) return undefined
      throw error
    }
  }

  async #unload(identifier: string, signal: AbortSignal): Promise<void> {
    const { residence, instanceNames } = this.#door
    const talkable = await this.named(identifier, signal)
    if (!residence.isLoaded(talkable)) throw modelNotFound(identifier)
    await residence.unload(talkable)
    instanceNames.delete(talkable.id)
  }

  async #loadConfig(specifier: Specifier, signal: AbortSignal): Promise<object> {
    const talkable = await this.specified(specifier, signal)
    return { fields: [{ key: `${this.#domain}.load.contextLength`, value: contextOf(talkable) }] }
  }

  async #getOrLoad({ identifier, loadTtlMs }: z.infer<typeof GetOrLoad>, channel: RpcChannel): Promise<void> {
    const { residence } = this.#door
    const talkable = await this.named(identifier, channel.signal)
    if (residence.isLoaded(talkable)) {
      await channel.send({ type: 'alreadyLoaded', info: this.info(talkable) })
      return
    }
    await channel.send({ type: 'startLoading', identifier: talkable.id, info: sdkModel(talkable) })
    await this.#bring(talkable, channel, 'loadProgress')
    residence.use(talkable, loadTtlMs)
    await channel.send({ type: 'loadSuccess', info: this.info(talkable) })
  }

  async #load(wish: z.infer<typeof LoadModel>, channel: RpcChannel): Promise<void> {
    const { residence, instanceNames } = this.#door
    const talkable = await this.named(wish.modelKey, channel.signal)
    await channel.send({ type: 'resolved', info: sdkModel(talkable) })
    await this.#bring(talkable, channel, 'progress')
    // What is loaded by hand stays until it is unloaded by hand.
    residence.use(talkable, wish.ttlMs ?? Infinity)
    if (wish.identifier !== undefined) instanceNames.set(talkable.id, wish.identifier)
    await channel.send({ type: 'success', info: this.info(talkable) })
  }

  async #bring(talkable: Talkable, { send, signal }: RpcChannel, type: string): Promise<void> {
    await send({ type, progress: 0 })
    await this.#door.residence.load(talkable, signal, (progress) => void send({ type, progress }))
    await send({ type, progress: 1 })
  }

  async #anyLoaded(signal: AbortSignal): Promise<Talkable | undefined> {
    const all = await this.#door.directory.list(signal)
    return all.find((known) => this.#isOurs(known) && this.#door.residence.isLoaded(known))
  }

  async #find(name: string, signal: AbortSignal): Promise<Talkable | undefined> {
    const { directory, instanceNames } = this.#door
    const [id = name] = [...instanceNames].find(([, given]) => given === name) ?? []
    const found = await directory.find(id, signal)
    return found && this.#isOurs(found) ? found : undefined
  }

  #isOurs({ kind }: Talkable): boolean {
    return (kind === 'embedding') === (this.#domain === 'embedding')
  }
}

const REFERENCE = 'troupe-'

function nameOf(specifier: Specifier): string | undefined {
  if (specifier.type === 'query') return specifier.query.identifier ?? specifier.query.path
  const { instanceReference: reference } = specifier
  return reference.startsWith(REFERENCE) ? reference.slice(REFERENCE.length) : reference
}

async function refuseTokens(): Promise<never> {
  throw new AppError(
    'invalid',
    'Troupe does not see the tokens of a model; countTokens estimates how many there are',
  )
}
