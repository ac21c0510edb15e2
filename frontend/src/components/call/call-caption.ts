import { type LiveCaption, type TranscriptLine } from '../../stores/types.ts'
import { captionOf } from '../chat/caption.ts'

/** The words under the stage: who says them, what has sounded, what sounds, what comes, what nobody heard. */
export type CallCaption = {
  characterId: string | null
  name: string
  before: string
  now: string
  after: string
  unheard: string
}

/** What to show now: the user's own words while they speak, else what sounds, else what was said last. */
export function callCaption(lines: readonly TranscriptLine[], live: LiveCaption | null): CallCaption | null {
  if (live?.text) {
    const [before, after] = [live.text.slice(0, live.stableLength), live.text.slice(live.stableLength)]
    return { characterId: null, name: 'You', before, now: '', after, unheard: '' }
  }
  const line =
    lines.findLast((one) => one.sounding !== null) ?? lines.findLast((one) => one.role !== 'system')
  if (!line) return null
  const name = line.role === 'user' ? 'You' : line.name
  const caption = captionOf(line.text, line.sounding)
  return {
    characterId: line.characterId,
    name,
    ...caption,
    unheard: line.unheard.replace(/[*_`]/g, '').trim(),
  }
}
