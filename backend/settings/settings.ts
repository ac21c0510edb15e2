import {
  type ListedModel,
  type LlmSettings,
  type LlmSettingsPatch,
  type ModelDraft,
  type ModelTrial,
} from '#shared/protocol/settings.ts'
import { type Config } from '../config.ts'
import { type LanguageModel, type ModelProfile } from '../engines/contracts.ts'
import { type Engines } from '../engines/registry.ts'
import { AppError } from '../errors.ts'
import { type Clock } from '../lib/clock.ts'
import { SerialLane } from '../lib/serial-lane.ts'
import { draftConfig, fileChanges, shownSettings } from './llm-settings.ts'
import { tryModel } from './model-trial.ts'
import { SettingsFile, withChanges } from './settings-file.ts'

export interface SettingsOptions {
  /** Of the settings file. */
  readonly path: string
  /** What flags and the environment decide, by key, with the name they have there. */
  readonly fixed: Readonly<Record<string, string>>
  /** The settings with this text as the settings file. @throws AppError `config_invalid` */
  readonly load: (fileText: string) => Config
  /** Shared with everybody who reads settings: what is changed here is changed in it. */
  readonly config: Config
  readonly engines: Pick<Engines, 'model' | 'statuses'>
  /** Starts the model that settings choose; the caller disposes it. @throws AppError `config_invalid` */
  readonly createModel: (config: Config) => LanguageModel
  /** Lets the model that settings choose answer from now on. Absent: that takes a restart. */
  readonly switchModel?: ((config: Config) => void) | undefined
  readonly clock: Clock
}

/** Reads and changes the settings of the running server. */
export class Settings {
  readonly #options: SettingsOptions
  readonly #file: SettingsFile
  readonly #changes = new SerialLane()
  #needsRestart = false

  constructor(options: SettingsOptions) {
    this.#options = options
    this.#file = new SettingsFile(options.path)
  }

  read(): LlmSettings {
    const { config, fixed, engines } = this.#options
    return shownSettings(config, {
      fixed,
      needsRestart: this.#needsRestart,
      engine: engines.statuses().llm,
    })
  }

  /** @throws AppError `invalid` and nothing has changed; `storage_failed` */
  async change(patch: LlmSettingsPatch): Promise<LlmSettings> {
    this.#refuseFixed(patch)
    return this.#changes.run(async () => {
      const { config, switchModel } = this.#options
      const text = withChanges(await this.#file.read(), fileChanges(patch, config))
      const next = this.#checked(text)
      await this.#file.write(text)
      Object.assign(config, absentIn(config, next), next)
      if (changesModel(patch)) {
        if (switchModel) switchModel(config)
        else this.#needsRestart = true
      }
      return this.read()
    })
  }

  /** The models of a server that need not be the one that is set. @throws AppError `engine_…` */
  async listModels(draft: ModelDraft, signal: AbortSignal): Promise<ListedModel[]> {
    return this.#withModel(draft, async (model) => listed(await model.listModels(signal), model.profile().id))
  }

  /** @throws AppError `engine_…` with what is wrong; the signal's reason. */
  async tryModel(draft: ModelDraft, signal: AbortSignal): Promise<ModelTrial> {
    const { clock } = this.#options
    return this.#withModel(draft, (model, { llm_settings }) =>
      tryModel(model, llm_settings, { clock, signal }),
    )
  }

  async #withModel<Result>(
    draft: ModelDraft,
    work: (model: LanguageModel, config: Config) => Promise<Result>,
  ): Promise<Result> {
    const config = draftConfig(this.#options.config, draft)
    await using model = this.#started(config)
    return await work(model, config)
  }

  #started(config: Config): LanguageModel {
    try {
      return this.#options.createModel(config)
    } catch (error) {
      throw asInvalid(error)
    }
  }

  /** It is loaded, and its model started, as at the next start, before anything is written. */
  #checked(text: string): Config {
    try {
      const next = this.#options.load(text)
      const model = this.#options.createModel(next)
      void model[Symbol.asyncDispose]()
      return next
    } catch (error) {
      throw asInvalid(error)
    }
  }

  #refuseFixed(patch: LlmSettingsPatch): void {
    const { fixed } = this.read()
    const key = Object.keys(patch).find((one) => one in fixed)
    if (key === undefined) return
    throw new AppError('invalid', `"${key}" is set by ${fixed[key]} and can only be changed there`)
  }
}

/** What is wrong with the settings is the sender's to mend, not ours. */
function asInvalid(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== 'config_invalid') return error
  return new AppError('invalid', error.message, { cause: error })
}

/** Sampling counts in new conversations without another model. */
function changesModel(patch: LlmSettingsPatch): boolean {
  return Object.keys(patch).some((key) => key !== 'llm_settings' && key !== 'llm_presets')
}

/** Optional settings that were there and are no more. */
function absentIn(before: Config, next: Config): Partial<Config> {
  const gone = Object.keys(before).filter((key) => !(key in next))
  return Object.fromEntries(gone.map((key) => [key, undefined]))
}

function listed(profiles: readonly ModelProfile[], defaultId: string): ListedModel[] {
  return profiles.map(({ id, contextTokens, canUseTools }) => ({
    id,
    context_tokens: contextTokens,
    can_use_tools: canUseTools,
    is_default: id === defaultId,
  }))
}
