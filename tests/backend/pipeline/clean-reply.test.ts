import { describe, expect, it } from 'vitest'
import { ReplyCleaner } from '../../../backend/pipeline/clean-reply.ts'
import { SeededRandom } from '../../support/seeded-random.ts'

function newCleaner(): ReplyCleaner {
  return new ReplyCleaner({ speaker: 'Nora Quill', others: ['Felix', 'Anna Maria', '美月'], userName: 'Sam' })
}

function clean(deltas: readonly string[]): { text: string; isCut: boolean } {
  const cleaner = newCleaner()
  const text = [...deltas.map((delta) => cleaner.push(delta)), cleaner.end()].join('')
  return { text, isCut: cleaner.isCut }
}

const KEPT: readonly (readonly [raw: string, cleaned: string])[] = [
  ['Nora: Hello.', 'Hello.'],
  ['Nora Quill: Hello.', 'Hello.'],
  ['NORA：你好', '你好'],
  ['**Nora:** Hello.', 'Hello.'],
  ['**Nora**: Hello.', 'Hello.'],
  ['*Nora:* Hello.', 'Hello.'],
  ['[Nora]: Hello.', 'Hello.'],
  ['Nora (smiling): Hello.', 'Hello.'],
  ['Nora: *smiles* Hello.', '*smiles* Hello.'],
  ['<Nora>Hello.</Nora>', 'Hello.'],
  ['<nora mood="x">\n Hello.</NORA>', 'Hello.'],
  ['<Nora>: Hello.', 'Hello.'],
  ['\n\n  Hello.', 'Hello.'],
  ['Hello.\n\nNora: And more.', 'Hello.\n\nAnd more.'],
  ['<|im_start|>assistant\nHello.', 'Hello.'],
  ['<s>Assistant: Hello.', 'Hello.'],
  ['Norah said: hello.', 'Norah said: hello.'],
  ['Nora said: hello.', 'Nora said: hello.'],
  ['Nora (I think) left.', 'Nora (I think) left.'],
  ['*Nora smiles* Hi.', '*Nora smiles* Hi.'],
  ['a < b, <b>bold</b>, [sic], x <3', 'a < b, <b>bold</b>, [sic], x <3'],
  ['I asked Felix: why?', 'I asked Felix: why?'],
  ['We left. Felix came too.', 'We left. Felix came too.'],
  ['We left. Nora: the best name.', 'We left. Nora: the best name.'],
  ['User friendly', 'User friendly'],
  ['Felix', 'Felix'],
  ['Hello <|im_e', 'Hello '],
]

const CUT: readonly (readonly [raw: string, cleaned: string])[] = [
  ['Hello.\nFelix: Hi!', 'Hello.\n'],
  ['Hello.\n**Anna Maria:** Hi!', 'Hello.\n'],
  ['Hello.\nanna: Hi!', 'Hello.\n'],
  ['Hello.\n美月：你好', 'Hello.\n'],
  ['Hello. <Felix>Hi!</Felix>', 'Hello. '],
  ['Hello.\nSam: Hi!', 'Hello.\n'],
  ['Hello.\nUser: Hi!', 'Hello.\n'],
  ['Hello.<|im_end|>\n<|im_start|>user', 'Hello.'],
  ['Hello.</s> Hello again.', 'Hello.'],
  ['Felix: Hi!', ''],
  ['Hello. Felix: Hi!', 'Hello. '],
  ['“Hello.” Felix: “Hi!”', '“Hello.” '],
  ['*smiles* Anna Maria: Hi!', '*smiles* '],
  ['Hello! **Felix:** Hi!', 'Hello! '],
  ['你好。美月：你好', '你好。'],
]

describe('ReplyCleaner', () => {
  it.each(KEPT)('takes labels of its own speaker out and nothing else: %j', (raw, cleaned) => {
    expect(clean([raw])).toEqual({ text: cleaned, isCut: false })
  })

  it.each(CUT)(
    'ends the reply where the model speaks for somebody else or ends its turn: %j',
    (raw, cleaned) => {
      expect(clean([raw])).toEqual({ text: cleaned, isCut: true })
    },
  )

  it('gives the same text however the reply was cut into deltas', () => {
    const random = new SeededRandom(7)
    for (const [raw] of [...KEPT, ...CUT]) {
      const whole = clean([raw])
      expect(clean(raw.split(''))).toEqual(whole)
      for (let round = 0; round < 20; round += 1) {
        const deltas: string[] = []
        for (let at = 0; at < raw.length; at += deltas.at(-1)?.length ?? 0) {
          deltas.push(raw.slice(at, at + 1 + random.below(6)))
        }
        expect(clean(deltas)).toEqual(whole)
      }
    }
  })

  it('lets pictures through that are written as a letter, behind a sentence too', () => {
    expect(clean(['Hello! ', '🙂', ' Hm. 🙂🙂']).text).toBe('Hello! 🙂 Hm. 🙂🙂')
  })

  it('holds text back only while it may be a label', () => {
    const cleaner = newCleaner()
    expect(cleaner.push('Nor')).toBe('')
    expect(cleaner.push('mally')).toBe('Normally')
    expect(cleaner.push(' a <')).toBe(' a ')
    expect(cleaner.push('b> c')).toBe('<b> c')
    expect(cleaner.push(' Nora')).toBe(' Nora')
  })

  it('gives nothing more once the reply has ended', () => {
    const cleaner = newCleaner()
    cleaner.push('Hi.\nFelix: yes')
    expect(cleaner.push(' and no')).toBe('')
    expect(cleaner.end()).toBe('')
  })
})
