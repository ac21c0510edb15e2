import { AppError } from '../../errors.ts'
import { type SpeechRequest, type VoiceBrief } from '../contracts.ts'

/** A file of the media store. */
export interface Recording {
  readonly mime: string
  readonly bytes: Uint8Array
}

/** @returns undefined if there is no such file (any more). */
export type ReadMedia = (address: string, signal: AbortSignal) => Promise<Recording | undefined>

/** Where an OpenAI-compatible server that clones voices wants the recording. There is no standard. */
export interface CloneFields {
  readonly audio: string
  readonly text: string
  /** `data_url`: `data:audio/wav;base64,…`; `base64`: only what is behind the comma. */
  readonly form: 'data_url' | 'base64'
  /** What `voice` is to be when a recording is sent with it; absent: nothing, unless the voice names one. */
  readonly voice?: string | undefined
}

export interface SpeechBodyOptions {
  readonly model: string
  readonly defaultVoice: string
  /** Absent: the server is taken not to clone. */
  readonly clone?: CloneFields | undefined
  /** Where it wants the language, and whether as code (`de`), tag (`de-AT`) or name (`German`). */
  readonly language?: { readonly field: string; readonly form: 'code' | 'tag' | 'name' } | undefined
  /** Put into every request as it is. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined
  readonly recordings: Recordings
}

/** OpenAI takes 4 096. */
const LONGEST_INSTRUCTIONS_CHARS = 4_000

/** What `POST /audio/speech` is sent. */
export async function speechBody(
  request: SpeechRequest,
  options: SpeechBodyOptions,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const { speed } = request.voice
  const instructions = instructionsOf(request, options)
  return {
    model: options.model,
    input: request.text,
    ...(await voiceFields(request, options, signal)),
    response_format: 'pcm',
    // Servers that stream as they speak often take no other tempo than their own.
    ...(speed === undefined || speed === 1 ? {} : { speed }),
    ...(instructions === '' ? {} : { instructions }),
    ...languageField(request, options),
    ...options.extra,
  }
}

async function voiceFields(
  { voice, brief }: SpeechRequest,
  { clone, defaultVoice, recordings }: SpeechBodyOptions,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const { likeness } = brief ?? {}
  if (!clone || !likeness) return { voice: voice.engine_voice ?? defaultVoice }
  const named = voice.engine_voice ?? clone.voice
  return {
    ...(named === undefined ? {} : { voice: named }),
    [clone.audio]: await recordings.encoded(likeness.audio, clone.form, signal),
    ...(likeness.text === '' ? {} : { [clone.text]: likeness.text }),
  }
}

/** How it is to be said, in words: the voice, the scene, the manner. */
function instructionsOf({ voice, brief, language }: SpeechRequest, options: SpeechBodyOptions): string {
  const spoken = language === undefined || options.language ? '' : `Speak ${nameOf(language)}.`
  const { description = '', scene = '' } = brief ?? ({} satisfies Partial<VoiceBrief>)
  const parts = [description, scene, voice.style ?? '', spoken].map((part) => part.trim())
  return parts
    .filter((part) => part !== '')
    .join('\n')
    .slice(0, LONGEST_INSTRUCTIONS_CHARS)
}

function languageField({ language }: SpeechRequest, options: SpeechBodyOptions): Record<string, string> {
  if (language === undefined || !options.language) return {}
  const { field, form } = options.language
  const forms = { tag: language, code: language.split('-')[0] ?? language, name: nameOf(language) }
  return { [field]: forms[form] }
}

/** In English, as servers know them: `German`. */
function nameOf(language: string): string {
  const code = language.split('-')[0] ?? language
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' }).of(code) ?? language
  } catch {
    return language
  }
}

const MOST_RECORDINGS = 8

/** Recordings as servers take them. They are addressed by what is in them, so what was read once stays true. */
export class Recordings {
  readonly #readMedia: ReadMedia
  readonly #known = new Map<string, string>()

  constructor(readMedia: ReadMedia = () => Promise.resolve(undefined)) {
    this.#readMedia = readMedia
  }

  /** @throws AppError `engine_rejected` if the recording is gone. */
  async encoded(address: string, form: CloneFields['form'], signal: AbortSignal): Promise<string> {
    const url = this.#known.get(address) ?? (await this.#read(address, signal))
    return form === 'data_url' ? url : url.slice(url.indexOf(',') + 1)
  }

  async #read(address: string, signal: AbortSignal): Promise<string> {
    const recording = await this.#readMedia(address, signal)
    if (!recording) {
      throw new AppError(
        'engine_rejected',
        'The recording of this voice is no longer there: record or upload it again under Voices',
      )
    }
    const url = `data:${recording.mime};base64,${Buffer.from(recording.bytes).toString('base64')}`
    const [oldest] = this.#known.keys()
    if (this.#known.size >= MOST_RECORDINGS && oldest !== undefined) this.#known.delete(oldest)
    this.#known.set(address, url)
    return url
  }
}
