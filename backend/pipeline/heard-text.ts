import { isCjk } from './letters.ts'
import { type Sentence } from './sentences.ts'
import { type Speakable, speakable } from './speakable.ts'

/** A sentence of one spoken message and its sound; `SpokenSentence` is one. */
export interface HeardSentence {
  readonly sentence: Sentence
  /** What was pronounced of it; by default all that can be. */
  readonly reading?: Speakable
  /** First sample in the message's audio stream. */
  readonly firstSample: number
  /** Samples that exist so far. */
  readonly samples: number
  readonly isComplete: boolean
  /** When each spoken word sounds, in samples since the start of the sentence, where the engine says so. */
  readonly words?: readonly { readonly startSample: number; readonly endSample: number }[] | undefined
}

/** How fast is spoken where nothing has been measured. */
const LETTERS_PER_SECOND = 14
/** How much longer than a letter a Chinese or Japanese character sounds. */
const CJK_LETTERS = 2.5

/**
 * How much of a reply was heard.
 * @param sentences what was synthesised of it, in speaking order.
 * @param playedSamples how much of the message's audio stream was played.
 * @returns the length, in UTF-16 code units, of the reply up to the end of the last word that was played completely.
 */
export function heardLength(
  sentences: readonly HeardSentence[],
  playedSamples: number,
  sampleRate: number,
): number {
  let heard = 0
  let samplesPerLetter = sampleRate / LETTERS_PER_SECOND
  for (const spoken of sentences) {
    const played = playedSamples - spoken.firstSample
    if (played <= 0) break
    if (spoken.isComplete && played >= spoken.samples) {
      heard = spoken.sentence.end
      const letters = lettersOf(spoken.reading?.text ?? spoken.sentence.text)
      if (letters > 0 && spoken.samples > 0) samplesPerLetter = spoken.samples / letters
      continue
    }
    const heardHere = heardOf(spoken, played, samplesPerLetter)
    if (heardHere > 0) heard = spoken.sentence.start + heardHere
  }
  return heard
}

/** How much of the raw text of a sentence was heard. */
function heardOf(spoken: HeardSentence, playedSamples: number, samplesPerLetter: number): number {
  const { text, sourceEnds } = spoken.reading ?? speakable(spoken.sentence.text)
  const times = spoken.words
  if (times?.length === sourceEnds.length) {
    const heardWords = times.filter(({ endSample }) => endSample <= playedSamples).length
    return sourceEnds[heardWords - 1] ?? 0
  }
  const letters = lettersOf(text)
  const isAllThere = spoken.isComplete && spoken.samples > 0
  const totalSamples = isAllThere ? spoken.samples : Math.max(spoken.samples, letters * samplesPerLetter)
  return afterLetters(text.split(' '), sourceEnds, (letters * playedSamples) / totalSamples)
}

/** The source end of the last word that `letters` letters suffice for. Words written without spaces are cut inside. */
function afterLetters(words: readonly string[], sourceEnds: readonly number[], letters: number): number {
  let left = letters
  let end = 0
  for (const [index, word] of words.entries()) {
    const wordEnd = sourceEnds[index] ?? end
    const needed = lettersOf(word)
    if (left < needed)
      return isCjk(word.charCodeAt(0)) ? end + Math.floor(((wordEnd - end) * left) / needed) : end
    left -= needed
    end = wordEnd
  }
  return end
}

function lettersOf(text: string): number {
  let letters = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (isCjk(code)) letters += CJK_LETTERS
    else if (code > 0x20) letters += 1
  }
  return letters
}
