import { type Crud } from '../../crud/dispatch.ts'
import { type LanguageModel, type PullProgress } from '../../engines/contracts.ts'
import { type DoorDeps } from '../core/door-deps.ts'
import { type Residence } from '../core/residence.ts'
import { type SharedJobs } from '../core/shared-jobs.ts'

/** What this door needs of the house. */
export interface OllamaDeps extends Pick<
  DoorDeps,
  'directory' | 'generate' | 'embed' | 'runners' | 'config' | 'token' | 'clock' | 'logger'
> {
  /** Fetches models where its server can, and speaks for characters. */
  readonly model: LanguageModel
  /** How characters are made and deleted, so that open pages hear of it. */
  readonly crud: Crud
}

/** The same, with what the door keeps while it is open. */
export interface OllamaDoor extends OllamaDeps {
  readonly residence: Residence
  readonly pulls: SharedJobs<PullProgress>
}
