import { describe, expect, it } from 'vitest'
import { titleFrom } from '../../../backend/pipeline/room.ts'
import { Rehearsal } from '../../support/rehearsal.ts'

describe('titleFrom()', () => {
  it.each([
    ['hello there', 'Hello there'],
    ['@Nora and @Felix, what is   that?', 'What is that?'],
    ['@Nora', '@Nora'],
    ['and then what', 'Then what'],
    ['word '.repeat(30), `Word ${'word '.repeat(10)}word…`],
    ['x'.repeat(100), `X${'x'.repeat(59)}…`],
  ])('names a conversation that begins with %j %j', (text, title) => {
    expect(titleFrom(text)).toBe(title)
  })
})

describe('Room', () => {
  it('stores a fresh conversation with its first message, and tells of it', async () => {
    await using rehearsal = await Rehearsal.begin()
    const { conversation, store } = rehearsal
    const id = conversation.room.conversationId
    expect(await store.conversations.find(id)).toBeUndefined()
    rehearsal.type('good evening')
    await rehearsal.clock.advance(10_000)
    expect(await store.conversations.get(id)).toMatchObject({
      title: 'Good evening',
      active_characters: ['nora-001'],
    })
    expect(rehearsal.changes.filter(({ type }) => type === 'conversation_created')).toHaveLength(1)
  })

  it('names a conversation that a character began after the first thing the user says', async () => {
    await using rehearsal = await Rehearsal.begin()
    const { conversation, store } = rehearsal
    const title = async () => (await store.conversations.get(conversation.room.conversationId)).title
    await conversation.verbs.nextTurn()
    await rehearsal.clock.advance(10_000)
    expect(await title()).toBe('')
    for (const text of ['good evening', 'and what now']) {
      rehearsal.type(text)
      await rehearsal.clock.advance(10_000)
      expect(await title()).toBe('Good evening')
    }
    const updates = rehearsal.changes.filter(({ type }) => type === 'conversation_updated')
    expect(updates).toMatchObject([{ data: { title: 'Good evening' } }])
  })

  it('lets somebody from the library in who is called by name', async () => {
    await using rehearsal = await Rehearsal.begin({ cast: ['Nora', 'Felix'] })
    await rehearsal.store.characters.update({ id: 'felix-001', is_active: false })
    rehearsal.type('Hello')
    await rehearsal.clock.advance(10_000)
    rehearsal.type('@Felix, are you there?')
    await rehearsal.clock.advance(10_000)
    expect(rehearsal.link.all('turn_started').map(({ responders }) => responders[0]?.character_name)).toEqual(
      ['Nora', 'Felix'],
    )
    expect((await rehearsal.conversation.room.cast()).map(({ name }) => name)).toEqual(['Nora', 'Felix'])
  })

  it('means those who are present by @everyone, not the whole library', async () => {
    await using rehearsal = await Rehearsal.begin({ cast: ['Nora', 'Felix', 'Iris'] })
    await rehearsal.store.characters.update({ id: 'iris-001', is_active: false })
    rehearsal.type('@everyone, good evening')
    await rehearsal.clock.advance(30_000)
    expect(
      rehearsal.link
        .all('turn_started')[0]
        ?.responders.map(({ character_name }) => character_name)
        .toSorted(),
    ).toEqual(['Felix', 'Nora'])
  })

  it('lets whoever spoke last answer a message that names nobody', async () => {
    await using rehearsal = await Rehearsal.begin({ cast: ['Nora', 'Felix'] })
    rehearsal.type('@Felix, hello')
    await rehearsal.clock.advance(10_000)
    rehearsal.type('And then?')
    await rehearsal.clock.advance(10_000)
    expect(rehearsal.link.all('turn_started').at(-1)?.responders).toMatchObject([{ character_name: 'Felix' }])
  })
})
