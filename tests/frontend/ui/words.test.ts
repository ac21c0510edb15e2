import { describe, expect, it } from 'vitest'
import { examplesIn } from '../../../frontend/src/components/character/examples.ts'
import { nameIn } from '../../../frontend/src/components/library/export-file.ts'
import { layoutFor } from '../../../frontend/src/components/library/layout.ts'
import { joinWords, splitWords } from '../../../frontend/src/components/lore/words.ts'

describe('splitWords()', () => {
  it('parts words by commas, but not inside of a regular expression', () => {
    expect(splitWords('sea, /storm|gale, perhaps/i,  boat ,')).toEqual([
      'sea',
      '/storm|gale, perhaps/i',
      'boat',
    ])
  })

  it('takes a lonely slash for a letter', () => {
    expect(splitWords('c, a/b, /half')).toEqual(['c', 'a/b', '/half'])
  })

  it('gives back what joinWords() joined', () => {
    const words = ['sea', '/a\\/b,c/', 'deep water']
    expect(splitWords(joinWords(words))).toEqual(words)
  })
})

describe('examplesIn()', () => {
  const names = { character: 'Nora', nickname: 'Captain', user: 'You' }

  it('finds blocks, turns and who says them', () => {
    const text =
      '<START>\n{{user}}: Hi!\n{{char}}: *waves* Hello.\nsecond line\n<start>\nCaptain: Aye: aye.\nFelix: Me too.'
    expect(examplesIn(text, names)).toEqual([
      [
        { who: 'user', name: 'You', text: 'Hi!' },
        { who: 'character', name: 'Nora', text: '*waves* Hello.\nsecond line' },
      ],
      [
        { who: 'character', name: 'Nora', text: 'Aye: aye.' },
        { who: 'other', name: 'Felix', text: 'Me too.' },
      ],
    ])
  })

  it('keeps what stands before anybody speaks, and finds nothing in an empty one', () => {
    expect(examplesIn('It rains.\n{{char}}: Again.', names)[0]?.[0]).toEqual({
      who: null,
      name: '',
      text: 'It rains.',
    })
    expect(examplesIn('<START>', names)).toEqual([])
  })
})

describe('nameIn()', () => {
  it('prefers the name in any letters', () => {
    expect(nameIn(`attachment; filename="Zo_.png"; filename*=UTF-8''Zo%C3%AB.png`)).toBe('Zoë.png')
    expect(nameIn('attachment; filename="Nora.png"')).toBe('Nora.png')
    expect(nameIn(null)).toBeNull()
  })
})

describe('layoutFor()', () => {
  it('puts two cards side by side on a phone, and one line in a list', () => {
    expect(layoutFor('grid', 2, 360).columns).toBe(2)
    expect(layoutFor('grid', 3, 360).columns).toBe(1)
    expect(layoutFor('list', 2, 360).columns).toBe(1)
    expect(layoutFor('grid', 2, 1_200).columns).toBeGreaterThan(3)
  })
})
