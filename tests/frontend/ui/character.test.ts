import { describe, expect, it } from 'vitest'
import { type Character, CharacterDraft } from '#shared/entities.ts'
import {
  changesOf,
  draftOf,
  emptyDraft,
  problemsOf,
} from '../../../frontend/src/components/character/draft.ts'

const character = (fields: Partial<Character>): Character => ({
  ...CharacterDraft.parse({ name: 'Nora' }),
  id: 'nora-001',
  revision: 1,
  created_at: '2026-03-20T12:00:00.000Z',
  updated_at: '2026-03-20T12:00:00.000Z',
  ...fields,
})

describe('problemsOf()', () => {
  it('asks for a name in words', () => {
    expect(problemsOf(emptyDraft()).name).toMatch(/needs a name/)
  })

  it('finds nothing wrong with a stored character', () => {
    expect(problemsOf(draftOf(character({})))).toEqual({})
  })

  it('names the field of a colour that is none', () => {
    expect(problemsOf({ ...draftOf(character({})), color: 'tomato' }).color).toMatch(/#c05a3c/)
  })
})

describe('changesOf()', () => {
  it('sends only what is different, lists included', () => {
    const stored = draftOf(character({ tags: ['warm'] }))
    expect(changesOf({ ...stored, tags: ['warm', 'dry'], name: 'Nora' }, stored)).toEqual({
      tags: ['warm', 'dry'],
    })
  })
})
