import { type LanguageModel } from '../../engines/contracts.ts'
import { type RunnerService } from '../../runners/contract.ts'

/** The models that Troupe runs itself. */
export interface LocalModels {
  readonly service: Pick<RunnerService, 'find' | 'overview' | 'files' | 'onChange'>
  /** Answers through them: `settings.model` is the id of a runner. */
  readonly model: LanguageModel
}
