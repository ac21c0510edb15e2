import { faultOf } from './faults.ts'
import { type ItemList } from './item-list.ts'
import { type HeardPart, type Item, type MessageItem, writtenItem } from './items.ts'
import { type Emit } from './server-events.ts'

interface HeardPlace {
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
function tellTranscript({ item, index, part }: HeardPlace, { emit, isWanted, onError }: Telling): void {
  const { words } = part
  if (!words) return
  const where = { item_id: item.id, content_index: index }
  if (isWanted) words.follow((delta) => emit({ type: `${TYPE}.delta`, ...where, delta }))
  words.whole().then(
    (transcript) => {
      part.transcript = transcript
      const usage = { type: 'duration', seconds: part.sound.durationMs / 1000 }
      if (isWanted) emit({ type: `${TYPE}.completed`, ...where, transcript, usage })
      return transcript
    },
    (error: unknown) => {
      const { type, code, message, param } = faultOf(error)
      if (isWanted) emit({ type: `${TYPE}.failed`, ...where, error: { type, code, message, param } })
      else onError(error)
    },
  )
}

/** Puts an item in, tells so, and follows what is understood of it. */
export function insertItem(
  items: ItemList,
  { item, previousId }: { readonly item: Item; readonly previousId: string | null | undefined },
  telling: Telling,
): void {
  const previous_item_id = items.insert(item, previousId)
  const told = { previous_item_id, item: writtenItem(item) }
  telling.emit({ type: 'conversation.item.added', ...told })
  telling.emit({ type: 'conversation.item.done', ...told })
  if (item.type !== 'message') return
  for (const [index, part] of item.content.entries()) {
    if (part.type === 'input_audio') tellTranscript({ item, index, part }, telling)
  }
}
