import { describe, expect, it } from 'vitest'
import { completeMention, mentionAt, mentionMatches } from '../../../frontend/src/components/chat/mention.ts'

describe('mentionAt()', () => {
  it('finds the name being typed before the caret', () => {
    expect(mentionAt('Tell me, @No', 12)).toEqual({ start: 9, query: 'No' })
  })

  it('opens at a bare @ at the start of a word', () => {
    expect(mentionAt('@', 1)).toEqual({ start: 0, query: '' })
  })

  it('leaves e-mail addresses alone', () => {
    expect(mentionAt('me@home', 7)).toBeNull()
  })

  it('ends with the word', () => {
    expect(mentionAt('@Nora is', 8)).toBeNull()
  })

  it('looks only at what stands before the caret', () => {
    expect(mentionAt('@Nora', 3)).toEqual({ start: 0, query: 'No' })
  })

  it('knows letters of other alphabets', () => {
    expect(mentionAt('@Жен', 4)).toEqual({ start: 0, query: 'Жен' })
  })
})

describe('mentionMatches()', () => {
  const members = [{ name: 'Nora' }, { name: 'Captain Noel' }, { name: 'Felix' }]

  it('matches the beginning of any word of a name, whatever the case', () => {
    expect(mentionMatches(members, 'no').map((member) => member.name)).toEqual(['Nora', 'Captain Noel'])
  })

  it('knows nicknames, and does not take an empty one for a match', () => {
    const called = [
      { name: 'Elizabeth', nickname: 'Liz Bennet' },
      { name: 'Nora', nickname: '' },
    ]
    expect(mentionMatches(called, 'benn').map((member) => member.name)).toEqual(['Elizabeth'])
  })

  it('offers everyone for an empty query', () => {
    expect(mentionMatches(members, '')).toHaveLength(3)
  })
})

describe('completeMention()', () => {
  it('puts the whole name and one space, and the caret behind it', () => {
    expect(completeMention('Tell me, @No', { start: 9, query: 'No' }, 'Nora')).toEqual({
      text: 'Tell me, @Nora ',
      caret: 15,
    })
  })

  it('keeps what follows, without doubling the space', () => {
    expect(completeMention('@No please', { start: 0, query: 'No' }, 'Nora')).toEqual({
      text: '@Nora please',
      caret: 6,
    })
  })
})
