import { type Config } from '../config.ts'
import { type LocalEngines } from '../engines/engine-parts.ts'
import { type Engines } from '../engines/registry.ts'
import { type ReadMedia } from '../engines/tts/speech-body.ts'
import { type Clock } from '../lib/clock.ts'
import { ModelSwitchboard } from './models/model-switchboard.ts'
import { RunnerSynthesizer } from './models/runner-synthesizer.ts'
import { RunnerTranscriber } from './models/runner-transcriber.ts'
import { StandardModel } from './models/standard-model.ts'
import { type LocalRunners } from './open-runners.ts'

export interface LocalEnginesOptions {
  readonly config: Config
  readonly clock: Clock
  readonly readMedia: ReadMedia
}

/** Runners as the engines that the settings may choose. */
export function localEngines(local: LocalRunners, options: LocalEnginesOptions): LocalEngines {
  const { config, clock, readMedia } = options
  const { service, model, repository } = local
  const voicesOf = (id: string | undefined): readonly string[] => {
    const speaking = repository.current.runners.filter(
      (one) => one.kind === 'command' && one.offers.includes('speech'),
    )
    const [runner] = id === undefined ? speaking : speaking.filter((one) => one.id === id)
    return runner?.kind === 'command' && runner.voices.length > 0 ? runner.voices : config.tts_voices
  }
  return {
    model: (id) => new StandardModel(model, id),
    transcriber: (runner) =>
      new RunnerTranscriber({ service, runner, clock, timeoutMs: config.transcription_timeout_ms }),
    synthesizer: (runner) =>
      new RunnerSynthesizer({
        service,
        runner,
        clock,
        readMedia,
        voices: voicesOf(runner),
        sampleRate: config.tts_sample_rate,
        clone: config.tts_clone === false ? undefined : config.tts_clone,
        language: config.tts_language,
        extra: config.tts_extra,
        firstByteTimeoutMs: config.first_audio_timeout_ms,
      }),
  }
}

/** Engines of which the language model can also be a runner, by its name. */
export function withRunners(engines: Engines, { model }: LocalRunners, clock: Clock): Engines {
  const switchboard = new ModelSwitchboard({ configured: engines.model, runners: model, clock })
  return { ...engines, model: switchboard }
}
