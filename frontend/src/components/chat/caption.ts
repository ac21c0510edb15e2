import { type TextRange } from '../../stores/types.ts'

/** A sentence cut into what has sounded, what sounds, and what is to come. */
export type Caption = { before: string; now: string; after: string }

const SENTENCE_END = /[.!?…]["'”’)*]*\s+|\n+/gu

/** The sentence around what sounds now, so that captions stay short; without sound, the last sentence. */
export function captionOf(text: string, sounding: TextRange | null): Caption {
  const from = sounding?.start ?? text.trimEnd().length
  const start = lastEndBefore(text, from)
  SENTENCE_END.lastIndex = Math.max(from, start)
  const match = SENTENCE_END.exec(text)
  const end = match ? match.index + match[0].length : text.length
  if (!sounding) return { before: plain(text.slice(start, end)), now: '', after: '' }
  return {
    before: plain(text.slice(start, sounding.start)),
    now: plain(text.slice(sounding.start, sounding.end)),
    after: plain(text.slice(sounding.end, Math.max(end, sounding.end))),
  }
}

function lastEndBefore(text: string, position: number): number {
  let end = 0
  for (const match of text.matchAll(SENTENCE_END)) {
    const next = match.index + match[0].length
    if (next > position || next >= text.trimEnd().length) break
    end = next
  }
  return end
}

function plain(text: string): string {
  return text.replace(/[*_`]/g, '').replace(/\n+/g, ' ')
}
