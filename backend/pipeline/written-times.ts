import { type SpokenWordTime } from '../engines/contracts.ts'
import { type SpokenSentence } from './turn.ts'

/**
 * When the words of a sentence sound, as they are written: readers follow their own text, whatever is said for it. What
 * several words are said for sounds from the first of them to the last.
 */
export function writtenTimes({
  sentence,
  reading,
  words,
}: SpokenSentence): readonly SpokenWordTime[] | undefined {
  const { writtenFrom, sourceEnds } = reading
  if (words?.length !== writtenFrom.length || writtenFrom.every((from) => from === undefined)) return words
  const times: SpokenWordTime[] = []
  for (const [index, word] of words.entries()) {
    const from = writtenFrom[index]
    if (from === undefined) {
      times.push(word)
      continue
    }
    const isSameAsBefore = index > 0 && writtenFrom[index - 1] === from
    const startSample = (isSameAsBefore ? times.pop() : word)?.startSample ?? word.startSample
    times.push({ text: sentence.text.slice(from, sourceEnds[index]), startSample, endSample: word.endSample })
  }
  return times
}
