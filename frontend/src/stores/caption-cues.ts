import { type WordTime } from '#shared/protocol/events.ts'
import { alignWords, tokensOf } from './word-alignment.ts'
import { type TextRange } from './types.ts'

/** From this sample of the audio stream on, this part of the line's text is being heard. */
export interface Cue {
  readonly fromSample: number
  readonly range: TextRange
}

export interface SpokenSentence {
  /** As announced: the first sample of the sentence within its stream. */
  readonly offset: number
  readonly text: string
  readonly words: readonly WordTime[]
}

/**
 * Where a spoken sentence and its words stand in the text of the line. The line may hold what is not spoken: markup,
 * stage directions, links.
 * @param from index in the line's text where the sentence before it ended.
 * @returns the cues, and where the sentence ends.
 */
export function cuesOf(
  lineText: string,
  from: number,
  sentence: SpokenSentence,
): { cues: Cue[]; end: number } {
  const range = locate(lineText, from, sentence.text)
  const tokens = tokensOf(lineText.slice(range.start, range.end), range.start)
  const spoken = sentence.words.flatMap(({ text, start }) =>
    tokensOf(text).map(({ word }) => ({ word, fromSample: start })),
  )
  const places = alignWords(
    spoken.map(({ word }) => word),
    tokens,
  )
  const cues = spoken.flatMap(({ fromSample }, index): Cue[] => {
    const token = tokens[places[index] ?? -1]
    return token === undefined ? [] : [{ fromSample, range: { start: token.start, end: token.end } }]
  })
  const whole: Cue = { fromSample: sentence.offset, range: trimmed(lineText, range) }
  return { cues: cues.length > 0 ? cues : [whole], end: range.end }
}

/** The place of a sentence in a text, word for word if it is not there letter for letter. */
function locate(text: string, from: number, sentence: string): TextRange {
  const wanted = sentence.trim()
  const exact = text.indexOf(wanted, from)
  if (exact !== -1) return { start: exact, end: exact + wanted.length }
  const words = tokensOf(wanted).map(({ word }) => word)
  const tokens = tokensOf(text.slice(from), from).slice(0, 2 * words.length + 40)
  const places = alignWords(words, tokens).filter((place) => place !== null)
  const start = tokens[places[0] ?? -1]?.start ?? from
  return { start, end: Math.max(start, tokens[places.at(-1) ?? -1]?.end ?? from) }
}

function trimmed(text: string, { start, end }: TextRange): TextRange {
  const part = text.slice(start, end)
  return {
    start: start + part.length - part.trimStart().length,
    end: end - part.length + part.trimEnd().length,
  }
}
