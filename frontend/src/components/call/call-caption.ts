import { type LiveCaption, type TranscriptLine } from '../../stores/types.ts'
import { t } from '../../i18n/index.ts'
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

/**
 * What to show now: the user's own words while they speak, else what sounds, else what was said last. What is
 * written but not yet spoken is left to the script, so that the caption never runs ahead of the voice.
 */
export function callCaption(
  lines: readonly TranscriptLine[],
  live: LiveCaption | null,
  aheadIds: readonly string[] = [],
): CallCaption | null {
  if (live?.text) {
    const [before, after] = [live.text.slice(0, live.stableLength), live.text.slice(live.stableLength)]
    return { characterId: null, name: t('call.you'), before, now: '', after, unheard: '' }
  }
  const line =
    lines.findLast((one) => one.sounding !== null) ??
    lines.findLast((one) => one.role !== 'system' && one.text !== '' && !aheadIds.includes(one.id))
  if (!line) return null
  const name = line.role === 'user' ? t('call.you') : line.name
  const caption = captionOf(line.text, line.sounding)
  return {
    characterId: line.characterId,
    name,
    ...caption,
    unheard: line.unheard.replace(/[*_`]/g, '').trim(),
  }
}
