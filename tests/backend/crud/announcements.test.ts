import { describe, expect, it } from 'vitest'
import { LorebookDraft, PersonaDraft } from '#shared/entities.ts'
import { aCharacter, aConversation, aMessage, aVoice } from '../store/support.ts'
import { openTestCrud } from './support.ts'

const me = { connection: 'mine' }

describe('what all connections hear of', () => {
  it('what is restored is created anew for everybody', async () => {
    await using test = await openTestCrud()
    const { store, crud } = test
    const character = await store.characters.create(aCharacter())
    const voice = await store.voices.create(aVoice())
    const persona = await store.personas.create(PersonaDraft.parse({ name: 'Kim' }))
    const lorebook = await store.lorebooks.create(LorebookDraft.parse({ name: 'Coast' }))
    const conversation = await store.conversations.create(aConversation())
    const { conversation_id } = conversation
    const message = await store.messages.create(aMessage(conversation_id))
    const things = [
      ['message', message.message_id, { message_id: message.message_id }],
      ['conversation', conversation_id, { conversation_id }],
      ['character', character.id, { id: character.id }],
      ['voice', voice.voice_id, { voice_id: voice.voice_id }],
      ['persona', persona.persona_id, { persona_id: persona.persona_id }],
      ['lorebook', lorebook.lorebook_id, { lorebook_id: lorebook.lorebook_id }],
    ] as const
    for (const [kind, id, key] of things) {
      await crud.run(`delete_${kind}`, key, me)
      test.published.length = 0
      const answer = await crud.run('restore_from_trash', { trash_id: `${kind}:${id}` }, me)
      expect(test.published).toEqual([
        { answer: { type: `${kind}_created`, data: expect.objectContaining(key) }, origin: undefined },
        { answer, origin: me },
      ])
      expect(answer).toMatchObject({ type: 'trash_restored', data: { kind, id } })
    }
  })

  it('a message that is restored out of sight is nobody’s news', async () => {
    await using test = await openTestCrud()
    const { store, crud } = test
    const { conversation_id } = await store.conversations.create(aConversation())
    const first = await store.messages.create(aMessage(conversation_id))
    const { message_id } = await store.messages.create(aMessage(conversation_id))
    await store.messages.delete(message_id)
    const wording = { content: 'x', unheard: '', is_interrupted: false, generation: null, tool_uses: [] }
    await store.messages.addAlternative(first.message_id, wording)
    await crud.run('restore_from_trash', { trash_id: `message:${message_id}` })
    expect(test.published.map(({ answer }) => answer.type)).toEqual(['trash_restored'])
  })

  it('the same change to many is told as one change of each, up to 200', async () => {
    await using test = await openTestCrud()
    const { store, crud } = test
    const ids: string[] = []
    for (let i = 0; i < 201; i++) ids.push((await store.characters.create(aCharacter(`C${i}`))).id)
    const some = ids.slice(0, 200)
    const answer = await crud.run('change_characters', { ids: some, is_favourite: true }, me)
    expect(answer).toEqual({ type: 'characters_changed', data: { ids: some } })
    expect(test.published).toHaveLength(200)
    expect(test.published[7]).toMatchObject({
      answer: { type: 'character_updated', data: { id: ids[7], is_favourite: true } },
      origin: undefined,
    })
    test.published.length = 0
    await crud.run('change_characters', { ids: ids.slice(0, 2), delete: true }, me)
    expect(test.published.map(({ answer: told }) => told)).toEqual([
      { type: 'character_deleted', data: { id: ids[0] } },
      { type: 'character_deleted', data: { id: ids[1] } },
    ])
    test.published.length = 0
    const more = ids.concat(ids).slice(0, 300)
    for (let i = 0; i < 10; i++) more.push((await store.characters.create(aCharacter(`D${i}`))).id)
    const all = await crud.run('change_characters', { ids: more, add_tags: ['new'] }, me)
    expect(test.published).toEqual([{ answer: all, origin: me }])
  })

  it('looking and searching are nobody’s news', async () => {
    await using test = await openTestCrud()
    const { conversation_id } = await test.store.conversations.create(aConversation())
    await test.crud.run('search', { query: 'x' })
    await test.crud.run('locate_message', { conversation_id })
    await test.crud.run('get_character_heads', {})
    expect(test.published).toEqual([])
  })
})
