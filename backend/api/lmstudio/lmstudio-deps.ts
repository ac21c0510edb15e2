import { type LanguageModel } from '../../engines/contracts.ts'
import { type DoorDeps } from '../core/door-deps.ts'
import { type Residence } from '../core/residence.ts'
import { type DownloadJobs } from './download-jobs.ts'
import { type ResponseMemory } from './response-memory.ts'

/** What this door needs of the house. */
export interface LmStudioDeps extends Pick<
  DoorDeps,
  'directory' | 'generate' | 'embed' | 'runners' | 'config' | 'token' | 'version' | 'clock' | 'logger'
> {
  /** Fetches models where its server can, and speaks for characters. */
  readonly model: LanguageModel
}

/** The same, with what the door keeps while it is open. */
export interface LmStudioDoor extends LmStudioDeps {
  readonly residence: Residence
  readonly responses: ResponseMemory
  readonly downloads: DownloadJobs
  /** What programs called models when they loaded them, by the models' ids. */
  readonly instanceNames: Map<string, string>
}
