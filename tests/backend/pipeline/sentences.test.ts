import { describe, expect, it } from 'vitest'
import { type Sentence, SentenceSplitter, sentencesOf } from '../../../backend/pipeline/sentences.ts'
import { type Half, type Language, loadCorpus } from '../../bench/corpus.ts'
import { score, troupe } from '../../bench/sentence-score.ts'

function split(text: string, options: { deltaChars?: number; isClauseFirst?: boolean } = {}): Sentence[] {
  const { deltaChars = 1, isClauseFirst = false } = options
  const splitter = new SentenceSplitter({ isClauseFirst })
  const sentences: Sentence[] = []
  for (let at = 0; at < text.length; at += deltaChars)
    sentences.push(...splitter.push(text.slice(at, at + deltaChars)))
  return [...sentences, ...splitter.end()]
}

const textsOf = (sentences: readonly Sentence[]): string[] => sentences.map(({ text }) => text)

async function* threeDeltas(): AsyncGenerator<string> {
  yield* ['One. T', 'wo. Thr', 'ee']
}

/** Every case is one text; `|` stands where a sentence ends. */
const CASES: Readonly<Record<string, readonly string[]>> = {
  'keeps titles and initials whole': [
    'Dr. Ruth B. Gray met Mr. J. R. Ewing.| They talked.',
    'Prof. Lee and Mrs. Wu left.| Nobody knew.',
  ],
  'keeps an abbreviation whole, but lets it end a sentence': [
    'He left the U.S. in May.| She stayed.',
    'He left the U.S.| The rest stayed.',
    'It opens at 9 a.m. on Mondays.| Be there.',
    'It opens at 9 a.m.| The queue is long.',
    'Bring pens, paper, etc. to class.| Thanks.',
    'I like fruit, e.g. Apples from Kent.| Do you?',
    'See Fig. 3 or No. 5.| I said no.| Really.',
  ],
  'keeps numbers, times and addresses whole': [
    'It costs $3.50.| Version 2.1.3 is out.| Pi is 3.14159.',
    'Go to https://example.com/a.b?c=d.e!f now.| Or write to a.b@example.com.| Bye.',
  ],
  'keeps a quotation with who said it': [
    '"Stop!" she said.| He ran.',
    '"Stop!" Nora shouted.| He ran.',
    '“Why?”| The man sat down.',
    'He said, "Go."| Then he left.',
  ],
  'tells an ellipsis that goes on from one that ends': [
    'I was... not sure.| It went dark...| Then it rang.',
    'Well... I see.| Fine.',
  ],
  'takes list items, headings and verses one by one': [
    '# The plan|\n\nWe leave at dawn.|\n- Bring water|\n- Bring rope|\n\n1. Wait.|\n2. Run.',
    'You need:|\napples and pears.',
    'An old silent pond|\nA frog jumps in',
  ],
  'does not cut inside stage directions, inline code and code blocks': [
    '*She turns. Then she waves.*| Hello!| Bye.',
    '*smiles* Hello there.| Bye.',
    'Type `ls. Then` now.| Go.',
    'Try:|\n```js\nlet a = 1. \n\nb!\n```|\nDone.',
  ],
  'cuts Spanish': ['¡Hola!| ¿Qué tal?| Soy la Sra. Paz.', '—¿Vienes? —dijo Ana.| Sí.'],
  'cuts Chinese and Japanese': [
    '你好！|今天好吗？|我很好。',
    '“快跑！”他喊道。|我们跑了。',
    '「行こう。」と言った。|彼は3.5キロ走った。',
  ],
  'keeps emoji with the sentence they follow': [
    'Great!😊| Next one.',
    'Great!❤️| Next one.',
    'I am so glad 🎉| Let us go.',
  ],
  'goes on over a line that was merely wrapped': ['This line was\nwrapped here.| Good.'],
}

describe('SentenceSplitter', () => {
  it.each(Object.entries(CASES))('%s', (_behaviour, cases) => {
    for (const marked of cases) {
      const expected = marked.split('|').map((part) => part.trim())
      expect(textsOf(split(marked.replaceAll('|', '')))).toEqual(expected)
    }
  })

  it('takes table rows one by one', () => {
    expect(textsOf(split('| a | b |\n|---|---|\n| 1 | 2 |'))).toEqual(['| a | b |', '|---|---|', '| 1 | 2 |'])
  })

  it('gives a sentence out with the character behind it, a Chinese one at once', () => {
    const english = new SentenceSplitter({ isClauseFirst: false })
    expect(english.push('It rains.')).toEqual([])
    expect(english.push(' ')).toEqual([{ text: 'It rains.', start: 0, end: 9 }])
    expect(textsOf(new SentenceSplitter().push('我很好。'))).toEqual(['我很好。'])
    expect(textsOf(new SentenceSplitter().push('好吗？'))).toEqual(['好吗？'])
  })

  it('gives out the first clause of a reply by itself, and only that', () => {
    const sentences = textsOf(
      split('Well, I suppose so, my friend. Good, then, go on.', { isClauseFirst: true }),
    )
    expect(sentences).toEqual(['Well, I suppose so,', 'my friend.', 'Good, then, go on.'])
  })

  it('does not begin with a clause inside a number, a date or a parenthesis', () => {
    for (const text of [
      'I have counted 1,000 sheep.',
      'It was on May 4, 1977 that it ran.',
      'We went (as always, late) home.',
    ]) {
      expect(textsOf(split(text, { isClauseFirst: true }))).toEqual([text])
    }
  })

  it('covers the whole text with nothing but white space between sentences, however it arrives', () => {
    for (const language of ['en', 'es', 'zh', 'ja'] satisfies Language[]) {
      for (const { text } of loadCorpus(language, 'development')) {
        for (const deltaChars of [1, 4, text.length]) {
          let end = 0
          for (const sentence of split(text, { deltaChars, isClauseFirst: true })) {
            expect(text.slice(end, sentence.start).trim()).toBe('')
            expect(text.slice(sentence.start, sentence.end)).toBe(sentence.text)
            expect(sentence.text.trim()).toBe(sentence.text)
            end = sentence.end
          }
          expect(text.slice(end).trim()).toBe('')
        }
      }
    }
  })

  it('gives out a text without an end in pieces of bounded length, at a word where there is one', () => {
    for (const piece of [
      'word ',
      'word, ',
      'x',
      '我',
      '😀',
      '.',
      '*a ',
      '_a',
      '`a ',
      '(',
      'U.S. ',
      '"No?" Big ',
      '「あ。',
    ]) {
      const sentences = split(piece.repeat(2_000))
      expect(Math.max(...sentences.map(({ text }) => text.length))).toBeLessThanOrEqual(900)
      expect(
        sentences
          .map(({ text }) => text)
          .join('')
          .replaceAll(/\s/g, ''),
      ).toBe(piece.repeat(2_000).replaceAll(/\s/g, ''))
    }
    const words = split('word '.repeat(2_000))
    expect(words.every(({ text }) => text.length <= 300 && text.endsWith('word'))).toBe(true)
  })

  it('gives out a code block whole, however long, and never one that is empty', () => {
    const block = `\`\`\`\n${'a = 1.\n\n'.repeat(500)}\`\`\``
    expect(textsOf(split(`Look:\n${block}\n\nNice.`))).toEqual(['Look:', block, 'Nice.'])
    expect(split(' \n\n ')).toEqual([])
  })

  const goals: readonly (readonly [Language, Half, number])[] = [
    ['en', 'held-out', 0.95],
    ['es', 'held-out', 0.95],
    ['zh', 'held-out', 0.99],
    ['ja', 'held-out', 0.99],
  ]
  it.each(goals)('finds the sentences of the %s corpus, half %s', (language, half, least) => {
    const { precision, recall, medianWait } = score(troupe, loadCorpus(language, half))
    expect(precision).toBeGreaterThanOrEqual(least)
    expect(recall).toBeGreaterThanOrEqual(least)
    expect(medianWait).toBeLessThanOrEqual(language === 'zh' || language === 'ja' ? 0 : 1)
  })
})

describe('sentencesOf', () => {
  it('yields the sentences of a stream and ends with it', async () => {
    const texts: string[] = []
    for await (const { text } of sentencesOf(threeDeltas())) texts.push(text)
    expect(texts).toEqual(['One.', 'Two.', 'Three'])
  })
})
