import { decodeAudioFrame, type AudioFrame } from '#shared/protocol/audio-frame.ts'
import { ServerEvent } from '#shared/protocol/events.ts'

/** @returns the event, or null if the frame is not one of this protocol. */
export function readText(text: string): ServerEvent | null {
  try {
    const result = ServerEvent.safeParse(JSON.parse(text))
    return result.success ? result.data : null
  } catch {
    return null
  }
}

/** @returns the frame, or null if the bytes are none. */
export function readAudio(bytes: ArrayBuffer): AudioFrame | null {
  try {
    return decodeAudioFrame(new Uint8Array(bytes))
  } catch {
    return null
  }
}
