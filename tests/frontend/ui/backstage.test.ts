import { describe, expect, it } from 'vitest'
import { type Lorebook, LorebookDraft } from '#shared/entities.ts'
import { lorebookFile, readLorebook } from '../../../frontend/src/components/backstage/lorebook-file.ts'
import { autoTurnOptions } from '../../../frontend/src/components/chat/group-words.ts'
import {
  budgetWords,
  groupsOf,
  sourcesOf,
  titleOf,
} from '../../../frontend/src/components/inspect/prompt-trace.ts'

const stamp = '2026-03-20T12:00:00.000Z'
const book: Lorebook = {
  ...LorebookDraft.parse({
    name: 'The harbour: 1887',
    entries: [{ id: '1', keys: ['pier'], content: 'Wet.' }],
  }),
  lorebook_id: 'book-1',
  revision: 1,
  created_at: stamp,
  updated_at: stamp,
}

const part = (name: string, tokens: number) => ({
  name,
  tokens,
  role: 'system',
  text: name,
  included: true,
})

describe('a lorebook as a file', () => {
  it('comes back as it was', () => {
    const { name, text } = lorebookFile(book)
    expect(name).toBe('The harbour 1887.json')
    const read = readLorebook(text)
    expect(read).toEqual(LorebookDraft.parse({ name: book.name, entries: book.entries }))
  })

  it('says in words why a file is none', () => {
    expect(readLorebook('hello')).toBe('This file holds no lorebook.')
    expect(readLorebook('[]')).toBe('This file holds no lorebook.')
    expect(readLorebook('{"name":"A","entries":[{"id":"1","depth":-1}]}')).toContain('entries.0.depth')
  })
})

describe('the inspector', () => {
  it('puts neighbours of one kind together and keeps the order', () => {
    const groups = groupsOf([
      part('system_prompt', 5),
      part('history', 3),
      part('history', 4),
      part('nudge', 1),
    ])
    expect(groups.map(({ title, tokens }) => [title, tokens])).toEqual([
      ['Instructions', 5],
      ['Conversation', 7],
      ['Whose turn it is', 1],
    ])
  })

  it('says whom a part comes from, but not the id of a message', () => {
    const groups = groupsOf([
      { ...part('history', 3), source: 'message-1' },
      { ...part('examples', 9), source: 'Nora' },
    ])
    expect(groups.map(sourcesOf)).toEqual([[], ['Nora']])
  })

  it('has a name for parts it does not know', () => {
    expect(titleOf('house_spirit')).toBe('House spirit')
  })

  it('budgetWords() counts against what there is room for', () => {
    const trace = { parts: [], total_tokens: 2_048, budget_tokens: 8_192 }
    expect(budgetWords(trace)).toBe('2,048 of 8,192 tokens, 25 %')
  })
})

describe('autoTurnOptions()', () => {
  it('keeps what is set among the choices', () => {
    expect(autoTurnOptions(7).map(({ id }) => id)).toContain('7')
    expect(autoTurnOptions(1)[1]?.name).toBe('One line among themselves')
  })
})
