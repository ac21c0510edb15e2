import { MICROPHONE_SAMPLE_RATE } from '#shared/audio.ts'
import { type EngineStatus } from '#shared/entities.ts'
import {
  type FileTranscript,
  type RecordingFile,
  type Transcriber,
  type TranscriptionSession,
} from '../contracts.ts'
import { OpenAiSession } from './openai-session.ts'
import { TranscriptionRequests, type TranscriptionServer } from './transcription-request.ts'

export interface OpenAiTranscriberOptions extends TranscriptionServer {
  /**
   * Has the audio so far transcribed again and again, so that there are partial texts: each time this much more
   * was said, never two at once. Absent: no partial texts, since most servers would be late with the final one.
   */
  readonly partialsEveryMs?: number | undefined
}

/** Any server with OpenAI's `POST /audio/transcriptions`. */
export function createOpenAiTranscriber(options: OpenAiTranscriberOptions): Transcriber {
  return new OpenAiTranscriber(options)
}

class OpenAiTranscriber implements Transcriber {
  readonly name = 'openai'
  readonly #model: string
  readonly #requests: TranscriptionRequests
  readonly #partialSamples: number

  constructor(options: OpenAiTranscriberOptions) {
    this.#model = options.model
    this.#requests = new TranscriptionRequests(options)
    this.#partialSamples = ((options.partialsEveryMs ?? Infinity) / 1000) * MICROPHONE_SAMPLE_RATE
  }

  status(): EngineStatus {
    const detail = `${this.#model}, ${this.#requests.label}`
    return { name: this.name, ready: !this.#requests.isClosed, detail }
  }

  openSession(): TranscriptionSession {
    return new OpenAiSession({ requests: this.#requests, partialSamples: this.#partialSamples })
  }

  transcribeFile(file: RecordingFile, signal: AbortSignal): Promise<FileTranscript> {
    return this.#requests.fileTranscript(file, signal)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#requests.close()
    return Promise.resolve()
  }
}
