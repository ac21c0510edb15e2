import { type LanguageModel, type Synthesizer, type Transcriber } from './contracts.ts'
import { type ReadMedia } from './tts/speech-body.ts'

/** Engines over models that Troupe runs itself, by the id of their runner; absent: the first there is. */
export interface LocalEngines {
  model(id: string | undefined): LanguageModel
  transcriber(id: string | undefined): Transcriber
  synthesizer(id: string | undefined): Synthesizer
}

/** What engines need beside the settings. */
export interface EngineParts {
  /** Reads the recordings that voices are to sound like. */
  readonly readMedia?: ReadMedia | undefined
  /** Absent: nothing is run here. */
  readonly local?: LocalEngines | undefined
}
