import { describe, expect, it } from 'vitest'
import { speakable } from '../../../backend/pipeline/speakable.ts'
import { SentenceSplitter } from '../../../backend/pipeline/sentences.ts'
import { loadCorpus } from '../../bench/corpus.ts'

const CASES: Readonly<Record<string, readonly (readonly [raw: string, said: string])[]>> = {
  'leaves out markers of markdown': [
    ['**Bold** and `code` and ~~gone~~.', 'Bold and code and gone.'],
    ['## A title', 'A title'],
    ['- an item', 'an item'],
    ['* [x] done', 'done'],
    ['> quoted', 'quoted'],
    ['| a | b |', 'a, b'],
    ['[the guide](https://a.example/x) helps', 'the guide helps'],
  ],
  'says nothing of code blocks, rules, table borders and pictures': [
    ['```js\nrun()\n```', ''],
    ['---', ''],
    ['|---|:-:|', ''],
    ['![a cat](cat.png)', ''],
  ],
  'does not speak stage directions': [
    ['*She waves.* Hello *smiling*, you.', 'Hello, you.'],
    ['*laughs*', ''],
    ['_She waves._ Hello.', 'Hello.'],
    ['*walks\nover* Hi.', 'Hi.'],
    ['((brb)) Hi.', 'Hi.'],
    ['*她笑了。*你好。', '你好。'],
  ],
  'speaks words that are stressed': [
    ['I *really* mean it.', 'I really mean it.'],
    ['I read _The Old Man_ twice.', 'I read The Old Man twice.'],
    ['This is **important**!', 'This is important!'],
  ],
  'says the host of a URL and spells out an address': [
    ['See https://www.example.com/a?b=c.', 'See example dot com.'],
    ['Ask bob@example.org, please.', 'Ask bob at example dot org, please.'],
  ],
  'leaves out emoji and tags, and keeps digits and letters of every script': [
    ['Great! 😊👩‍👩‍👧', 'Great!'],
    ['I ❤️ <b>this</b><br>song #1', 'I this song #1'],
    ['Café, नमस्ते, क्‍ष, 你好。', 'Café, नमस्ते, क्‍ष, 你好。'],
    ['snake_case and 5 * 3', 'snake_case and 5 times 3'],
    ['1️⃣ one', '1 one'],
  ],
  'says what engines stumble over in words': [
    ['You & me → us — now', 'You and me to us, now'],
    ['Tom & Jerry', 'Tom and Jerry'],
  ],
  'is empty where nothing can be pronounced': [
    ['...', ''],
    ['?!', ''],
    ['🎉', ''],
    ['', ''],
  ],
}

describe('speakable', () => {
  it.each(Object.entries(CASES))('%s', (_behaviour, cases) => {
    for (const [raw, said] of cases) expect(speakable(raw).text).toBe(said)
  })

  it('says where each spoken word ends in the raw text, what closes behind it included', () => {
    const raw = '“**Stop**,” *he says* now 😊 [here](http://a.example).'
    const { text, sourceEnds } = speakable(raw)
    expect(text.split(' ')).toEqual(['“Stop,”', 'now', 'here.'])
    expect(sourceEnds.map((end, index) => raw.slice(sourceEnds[index - 1] ?? 0, end))).toEqual([
      '“**Stop**,”',
      ' *he says* now',
      ' 😊 [here](http://a.example).',
    ])
  })

  it('counts a URL as heard with the last of its words only', () => {
    expect(speakable('At a.example now').sourceEnds).toEqual([2, 12, 16])
    expect(speakable('At www.b.example now').sourceEnds).toEqual([2, 3, 3, 16, 20])
  })

  it('has one rising source end for each word, within the raw text, for every sentence of the corpora', () => {
    for (const language of ['en', 'es', 'zh', 'ja'] as const) {
      for (const paragraph of loadCorpus(language, 'development')) {
        const splitter = new SentenceSplitter()
        for (const sentence of [...splitter.push(paragraph.text), ...splitter.end()]) {
          const { text, sourceEnds } = speakable(sentence.text)
          expect(sourceEnds).toHaveLength(text === '' ? 0 : text.split(' ').length)
          expect(sourceEnds.toSorted((a, b) => a - b)).toEqual(sourceEnds)
          expect(sourceEnds.at(-1) ?? 0).toBeLessThanOrEqual(sentence.text.length)
        }
      }
    }
  })
})
