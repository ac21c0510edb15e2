import { describe, expect, it } from 'vitest'
import { LoreEntry, type Lorebook, LorebookDraft } from '#shared/entities.ts'
import { EditedLorebook } from '../../../frontend/src/components/lore/edited-lorebook.ts'
import { RequestError } from '../../../frontend/src/socket/request-error.ts'

const stamp = '2026-01-01T10:00:00.000Z'
const blank = LoreEntry.parse({ id: 'blank' })
const entry = (id: string, content = `About ${id}`): LoreEntry => ({ ...blank, id, keys: [id], content })

function createServer(entries: LoreEntry[]) {
  const draft = { ...LorebookDraft.parse({ name: 'Harbour' }), entries }
  let stored: Lorebook = { ...draft, lorebook_id: 'b', revision: 1, created_at: stamp, updated_at: stamp }
  const change = (fields: Partial<Lorebook>): Lorebook => {
    stored = { ...stored, ...fields, revision: stored.revision + 1 }
    return stored
  }
  return {
    change,
    now: () => stored,
    fetch: async () => stored,
    async update({ revision, ...fields }: Partial<Lorebook> & { revision: number }): Promise<Lorebook> {
      if (revision !== stored.revision) throw new RequestError('conflict', 'Somebody else was first')
      return change(fields)
    },
  }
}

describe('EditedLorebook', () => {
  it('keeps what is written into an entry, in order', async () => {
    const server = createServer([entry('sea'), entry('fog'), entry('ship')])
    const book = new EditedLorebook(server.now(), server)
    book.change('fog', { content: 'It hides the coast.' })
    book.move('ship', -1)
    book.add(entry('lamp'), 'sea')
    await book.save()
    expect(server.now().entries.map(({ id }) => id)).toEqual(['sea', 'lamp', 'ship', 'fog'])
    expect(server.now().entries[3]?.content).toBe('It hides the coast.')
    expect(book.state.value).toBe('saved')
  })

  it('sends settings without five thousand entries', async () => {
    const entries = Array.from({ length: 5_000 }, (_, index) => entry(`e${index}`))
    const server = createServer(entries)
    const book = new EditedLorebook(server.now(), server)
    book.set('name', 'Port')
    const before = server.now().entries
    await book.save()
    expect([server.now().name, server.now().entries === before]).toEqual(['Port', true])
    expect(book.matching('about e4999')).toEqual(['e4999'])
  })

  it('tells two entries of one id apart', () => {
    const server = createServer([entry('sea', 'one'), entry('sea', 'two')])
    const book = new EditedLorebook(server.now(), server)
    expect(book.ids.value.map((id) => book.entry(id)?.content)).toEqual(['one', 'two'])
  })

  it('asks which version is to stay when it was changed elsewhere, and loses neither', async () => {
    const server = createServer([entry('sea')])
    const book = new EditedLorebook(server.now(), server)
    book.change('sea', { content: 'Mine.' })
    book.take(server.change({ entries: [entry('sea', 'Theirs.')] }))
    expect(book.entry('sea')?.content).toBe('Mine.')
    await book.save()
    expect([book.state.value, server.now().entries[0]?.content]).toEqual(['conflict', 'Theirs.'])
    await book.keepMine()
    expect([book.state.value, server.now().entries[0]?.content]).toEqual(['saved', 'Mine.'])
  })

  it('takes the other version where that is wished', async () => {
    const server = createServer([entry('sea')])
    const book = new EditedLorebook(server.now(), server)
    book.change('sea', { content: 'Mine.' })
    server.change({ entries: [entry('sea', 'Theirs.')] })
    await book.save()
    await book.takeTheirs()
    expect([book.state.value, book.entry('sea')?.content]).toEqual(['saved', 'Theirs.'])
  })
})
