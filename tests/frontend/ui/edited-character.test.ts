import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type Character } from '#shared/entities.ts'
import { EditedCharacter } from '../../../frontend/src/components/character/edited-character.ts'
import { RequestError } from '../../../frontend/src/socket/request-error.ts'
import { nora } from '../support/things.ts'

beforeEach(() => {
  const kept = new Map<string, string>()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  })
})

/** A server with one character, which refuses what was written on top of something older. */
function createServer() {
  let stored: Character = { ...nora, description: 'A captain.', personality: 'Dry.' }
  const change = (fields: Partial<Character>): Character => {
    stored = { ...stored, ...fields, revision: stored.revision + 1 }
    return stored
  }
  return {
    change,
    get stored() {
      return stored
    },
    async update({ revision, ...fields }: Partial<Character> & { revision: number }): Promise<Character> {
      if (revision !== stored.revision) throw new RequestError('conflict', 'Somebody else was first')
      return change(fields)
    },
    fetch: async () => stored,
  }
}

function open(server: ReturnType<typeof createServer>) {
  return new EditedCharacter(server.stored, server)
}

describe('EditedCharacter', () => {
  it('saves only what was changed', async () => {
    const server = createServer()
    const edited = open(server)
    edited.draft.description = 'A captain without a ship.'
    edited.touch()
    expect(edited.state.value).toBe('unsaved')
    await edited.save()
    expect([server.stored.description, edited.state.value]).toEqual(['A captain without a ship.', 'saved'])
  })

  it('shows what was changed elsewhere where nothing was changed here', () => {
    const server = createServer()
    const edited = open(server)
    edited.draft.personality = 'Very dry.'
    edited.touch()
    edited.take(server.change({ description: 'A pirate.' }))
    expect([edited.draft.description, edited.draft.personality]).toEqual(['A pirate.', 'Very dry.'])
    expect([edited.state.value, edited.conflict.value]).toEqual(['unsaved', null])
  })

  it('asks which one is to stay when one field was changed in two places, and keeps both until then', () => {
    const server = createServer()
    const edited = open(server)
    edited.draft.description = 'Mine.'
    edited.touch()
    edited.take(server.change({ description: 'Theirs.' }))
    expect(edited.state.value).toBe('conflict')
    expect(edited.conflict.value).toMatchObject({
      fields: ['description'],
      mine: { description: 'Mine.' },
      theirs: { description: 'Theirs.' },
    })
    expect(open(server).conflict.value?.mine.description).toBe('Mine.')
  })

  it('finds out about the other one when it is refused, and saves after the decision', async () => {
    const server = createServer()
    const edited = open(server)
    server.change({ description: 'Theirs.', scenario: 'At sea.' })
    edited.draft.description = 'Mine.'
    edited.draft.personality = 'Very dry.'
    edited.touch()
    await edited.save()
    expect(edited.conflict.value?.fields).toEqual(['description'])
    expect(server.stored.personality).toBe('Dry.')
    edited.resolve([])
    await edited.save()
    expect(server.stored).toMatchObject({
      description: 'Mine.',
      personality: 'Very dry.',
      scenario: 'At sea.',
    })
    expect(edited.state.value).toBe('saved')
  })

  it('takes theirs where that is wished', async () => {
    const server = createServer()
    const edited = open(server)
    edited.draft.description = 'Mine.'
    edited.touch()
    edited.take(server.change({ description: 'Theirs.' }))
    edited.resolve(['description'])
    await edited.save()
    expect([edited.draft.description, server.stored.description]).toEqual(['Theirs.', 'Theirs.'])
    expect(edited.state.value).toBe('saved')
  })

  it('saves by itself what two places changed in different fields', async () => {
    const server = createServer()
    const edited = open(server)
    server.change({ scenario: 'At sea.' })
    edited.draft.description = 'Mine.'
    edited.touch()
    await edited.save()
    expect(server.stored).toMatchObject({ description: 'Mine.', scenario: 'At sea.' })
    expect([edited.draft.scenario, edited.state.value]).toEqual(['At sea.', 'saved'])
  })

  it('does not take its own words for those of somebody else', async () => {
    const server = createServer()
    const edited = open(server)
    edited.draft.description = 'One'
    edited.touch()
    const saving = edited.save()
    edited.draft.description = 'One more'
    edited.touch()
    edited.take(server.stored)
    await saving
    expect([edited.conflict.value, edited.state.value]).toEqual([null, 'unsaved'])
    await edited.save()
    expect(server.stored.description).toBe('One more')
  })

  it('has unsaved words again after the page was left', async () => {
    const server = createServer()
    const edited = open(server)
    edited.draft.description = 'Written on a train.'
    edited.touch()
    const again = open(server)
    expect([again.draft.description, again.state.value]).toEqual(['Written on a train.', 'unsaved'])
    await again.save()
    expect(open(server).state.value).toBe('saved')
  })
})
