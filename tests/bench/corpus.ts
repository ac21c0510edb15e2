import { readFileSync } from 'node:fs'

export type Language = 'en' | 'es' | 'zh' | 'ja'
export type Half = 'development' | 'held-out'

export interface Paragraph {
  readonly text: string
  /** Where each sentence ends, in UTF-16 code units; the last is the end of the text. */
  readonly ends: readonly number[]
}

const SENTENCE_END = '¦'

/** The paragraphs of one language with their gold sentences; see `corpus/README.md`. */
export function loadCorpus(language: Language, half: Half): Paragraph[] {
  const file = new URL(`corpus/${language}.${half}.txt`, import.meta.url)
  return readFileSync(file, 'utf8')
    .split(/^%%$/m)
    .map((paragraph) => paragraphOf(paragraph.trim()))
}

function paragraphOf(marked: string): Paragraph {
  const parts = marked.split(SENTENCE_END)
  const ends: number[] = []
  let length = 0
  for (const part of parts) {
    length += part.length
    ends.push(length)
  }
  return { text: parts.join(''), ends }
}
