import { faultOf } from './faults.ts'
import { type HeardPart, type MessageItem } from './items.ts'
import { type Emit } from './server-events.ts'

export interface HeardPlace {
  readonly item: MessageItem
  readonly index: number
  readonly part: HeardPart
}

export interface Telling {
  readonly emit: Emit
  /** Whether the client wants to read what was said. */
  readonly isWanted: boolean
  /** Somebody has to know, if the client is not told so anyway. */
  readonly onError: (error: unknown) => void
}

const TYPE = 'conversation.item.input_audio_transcription'

/** Writes the words of an item into it when they are known, and tells them as they become certain. */
export function tellTranscript(
  { item, index, part }: HeardPlace,
  { emit, isWanted, onError }: Telling,
): void {
  const { words } = part
  if (!words) return
  const where = { item_id: item.id, content_index: index }
  if (isWanted) words.follow((delta) => emit({ type: `${TYPE}.delta`, ...where, delta }))
  words.whole().then(
    (transcript) => {
      part.transcript = transcript
      const usage = { type: 'duration', seconds: part.sound.durationMs / 1000 }
      if (isWanted) emit({ type: `${TYPE}.completed`, ...where, transcript, usage })
    },
    (error: unknown) => {
      const { type, code, message, param } = faultOf(error)
      if (isWanted) emit({ type: `${TYPE}.failed`, ...where, error: { type, code, message, param } })
      else onError(error)
    },
  )
}
