import { type Config } from '../../config.ts'
import { type Engines } from '../../engines/registry.ts'
import { type Clock } from '../../lib/clock.ts'
import { type Logger } from '../../logging.ts'
import { type RunnerService } from '../../runners/contract.ts'
import { type Store } from '../../store/contract.ts'
import { type Directory, type Generate } from './contract.ts'
import { createDirectory } from './directory.ts'
import { createEmbed, type Embed } from './embed.ts'
import { createGenerate } from './generate.ts'
import { type LocalModels } from './local-models.ts'

/** What every door is built from. */
export interface DoorDeps extends Pick<Engines, 'synthesizer' | 'transcriber' | 'vad'> {
  readonly directory: Directory
  readonly generate: Generate
  readonly embed: Embed
  readonly store: Store
  readonly config: Config
  /** Absent: everybody who reaches the door may use it. */
  readonly token: string | undefined
  readonly version: string
  readonly clock: Clock
  readonly logger: Logger
  /** Absent: Troupe starts no models itself. */
  readonly runners?: RunnerService | undefined
}

export interface DoorHouse extends Pick<
  DoorDeps,
  'store' | 'config' | 'token' | 'version' | 'clock' | 'logger'
> {
  readonly engines: Engines
  /** The runners and the model that answers through them. */
  readonly local?: (Omit<LocalModels, 'service'> & { readonly service: RunnerService }) | undefined
}

/** One directory, one stream of events: every door gets the same. */
export function createDoorDeps({ engines, local, ...house }: DoorHouse): DoorDeps {
  const { model, synthesizer, transcriber, vad } = engines
  const { store, clock, config } = house
  const directory = createDirectory({ model, store, clock, local })
  const generate = createGenerate({ directory, model, store, clock, config, local })
  const embed = createEmbed({ directory, model, local })
  return { ...house, directory, generate, embed, synthesizer, transcriber, vad, runners: local?.service }
}
