import { describe, expect, it } from 'vitest'
import { CharacterDraft, Conversation } from '#shared/entities.ts'
import { openTestCrud } from './support.ts'

const nora = CharacterDraft.parse({
  name: 'Nora',
  first_message: 'Evening.',
  alternate_greetings: ['', 'You again?', 'Mind the step.'],
  group_only_greetings: ['A crowd!'],
})

async function openHouse() {
  const test = await openTestCrud()
  const { id } = await test.store.characters.create(nora)
  const { id: other } = await test.store.characters.create({ ...nora, name: 'Hugo', first_message: '' })
  const begin = async (more: object) => {
    const answer = await test.crud.run('create_conversation', { active_characters: [id], ...more })
    const { conversation_id } = Conversation.parse(answer.data)
    const [greeting, ...rest] = await test.store.messages.list({ conversation_id })
    expect(rest).toEqual([])
    return { conversation_id, greeting }
  }
  return { ...test, id, other, begin }
}

describe('greetings', () => {
  it.each([
    [0, 'Evening.', 0],
    [2, 'You again?', 1],
    [3, 'Mind the step.', 2],
  ])('a conversation begins with greeting %i, the others are its alternatives', async (...expected) => {
    const [greeting_index, content, alternative_index] = expected
    await using house = await openHouse()
    const { greeting } = await house.begin({ greeting_index })
    expect(greeting).toMatchObject({
      content,
      alternative_index,
      alternative_count: 3,
      role: 'assistant',
      name: 'Nora',
      character_id: house.id,
    })
    const { alternatives } = await house.store.messages.alternatives(greeting?.message_id ?? '')
    expect(alternatives.map((wording) => wording.content)).toEqual([
      'Evening.',
      'You again?',
      'Mind the step.',
    ])
    const other = await house.store.messages.selectAlternative(greeting?.message_id ?? '', 0)
    expect(other.content).toBe('Evening.')
  })

  it.each([{}, { greeting_index: -1 }, { greeting_index: 1 }])(
    'nobody speaks first with %j',
    async (more) => {
      await using house = await openHouse()
      expect((await house.begin(more)).greeting).toBeUndefined()
    },
  )

  it('in a group anybody may greet, also with what is for groups only', async () => {
    await using house = await openHouse()
    const cast = { active_characters: [house.id, house.other] }
    const { greeting } = await house.begin({ ...cast, greeting_index: 4, greeting_character_id: house.other })
    expect(greeting).toMatchObject({ content: 'A crowd!', name: 'Hugo', alternative_count: 3 })
  })

  it('a greeting that there is not is refused, and nothing is made', async () => {
    await using house = await openHouse()
    const invalid = expect.objectContaining({ code: 'invalid' })
    await expect(house.begin({ greeting_index: 4 })).rejects.toEqual(invalid)
    await expect(house.begin({ greeting_index: 0, greeting_character_id: 'x' })).rejects.toEqual(invalid)
    await expect(house.begin({ greeting_index: 0, active_characters: [] })).rejects.toEqual(invalid)
    expect(await house.store.conversations.list({})).toEqual([])
  })
})
