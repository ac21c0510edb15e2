import { bytesOf } from '../../../lib/pcm.ts'
import { streamedWavHeader } from '../../../lib/wav.ts'

/** What clients of OpenAI expect of raw sound; for the others it is as good as any. */
export const SPEECH_SAMPLE_RATE = 24_000

/** Turns PCM16 mono at {@link SPEECH_SAMPLE_RATE} into a file, piece by piece. */
export interface SoundEncoder {
  readonly contentType: string
  /** What can be sent by now; may be nothing. The bytes are the caller's. */
  push(pcm: Int16Array): Uint8Array
  /** The rest of the file. */
  end(): Uint8Array
}

const NOTHING = new Uint8Array()

export function pcmEncoder(): SoundEncoder {
  return { contentType: 'audio/pcm', push: (pcm) => bytesOf(pcm), end: () => NOTHING }
}

/** A file of which nobody knows yet how long it will be. */
export function wavEncoder(): SoundEncoder {
  let header = streamedWavHeader(SPEECH_SAMPLE_RATE)
  const withHeader = (bytes: Uint8Array): Uint8Array => {
    const all = header.length === 0 ? bytes : Buffer.concat([header, bytes])
    header = NOTHING
    return all
  }
  return {
    contentType: 'audio/wav',
    push: (pcm) => withHeader(bytesOf(pcm)),
    end: () => withHeader(NOTHING),
  }
}
